import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeProcess } from '../../../source/launcher/process-identity.ts';

const POLL_MS = 200;

/**
 * Runs `work` while no other process of this machine runs work under the same lock file.
 *
 * The file names its owner; the lock of a process that is gone is taken over. Two processes that find such a lock at the
 * same moment may both get it: use it for work that may be done twice, and only should not be.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  while (!(await take(file))) await sleep(POLL_MS);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${await describeProcess(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const owner = await readFile(file, 'utf8').catch(() => undefined);
  if (owner === undefined) return false; // given back this moment
  // An empty file is one whose owner is about to write its name.
  if (owner !== '' && owner !== (await describeProcess(Number.parseInt(owner, 10)))) await rm(file, { force: true });
  return false;
}
