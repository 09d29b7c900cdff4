import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder, removed with `resources`; a program that has just ended may still be writing to it. */
export async function temporaryFolder(resources: AsyncDisposableStack, name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `mythical-${name}-`));
  resources.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  return folder;
}
