import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Folders whose unit tests npm test runs in one process: a process for each file costs more than most of its tests. */
export const TOGETHER = {
  lens: ['source/lens/'],
  dashboards: ['grafana/', 'source/cloud-check/'],
};

export async function runTogether(name: keyof typeof TOGETHER): Promise<void> {
  const root = path.join(import.meta.dirname, '../..');
  const files = TOGETHER[name].flatMap((folder) => globSync(`${folder}**/*.test.ts`, { cwd: root }));
  for (const file of files.toSorted()) await import(pathToFileURL(path.join(root, file)).href);
}
