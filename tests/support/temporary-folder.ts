import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

/** A new folder, removed after the test or the suite in which this is called. Not for hooks: it would be gone when they end. */
export function useFolder(name: string): string {
  const { folder, remove } = createFolder(name);
  after(remove);
  return folder;
}

/** A new folder, removed with `resources`. */
export async function temporaryFolder(resources: AsyncDisposableStack, name: string): Promise<string> {
  const { folder, remove } = createFolder(name);
  resources.defer(remove);
  return folder;
}

function createFolder(name: string) {
  const folder = mkdtempSync(path.join(tmpdir(), `mythical-${name}-`));
  // A program that has just ended may still be writing to it.
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}
