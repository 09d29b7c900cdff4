import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@mythical/common/lifecycle';
import { describeProcess } from './process-identity.ts';

export type DataFolder = {
  path: string;
  postgres: string;
  lens: string;
  logs: string;
  /** True if the folder's last owner was killed, so that its child processes may still be stopping. */
  wasAbandoned: boolean;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Creates the data folder and locks it until disposed.
 *
 * @throws {UserError} if another running process has locked it, or it isn't writable
 */
export async function takeDataFolder(path: string): Promise<DataFolder> {
  const lock = join(path, 'lock');
  let wasAbandoned = false;
  try {
    await mkdir(path, { recursive: true });
    const owner = await readFile(lock, 'utf8').catch(() => undefined);
    if (owner !== undefined) {
      const pid = Number.parseInt(owner, 10);
      if (owner === (await describeProcess(pid))) {
        throw new UserError(
          `npm start is already running on ${path} (process ${pid}).\n` +
            'Stop it first, or set MYTHICAL_DATA_DIR and other ports for a second one: npm start -- --help',
        );
      }
      await rm(lock, { force: true });
      wasAbandoned = true;
    }
    // `wx` fails if another process was faster.
    await writeFile(lock, (await describeProcess(process.pid)) ?? '', { flag: 'wx' });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `can't use the data folder ${path}: ${(error as Error).message}\nChoose another with MYTHICAL_DATA_DIR=…`,
    );
  }
  return {
    path,
    postgres: join(path, 'postgres'),
    lens: join(path, 'lens'),
    logs: join(path, 'logs'),
    wasAbandoned,
    [Symbol.asyncDispose]: () => rm(lock, { force: true }),
  };
}

/** Deletes the data of earlier runs, and nothing else in the folder. */
export async function emptyDataFolder({ postgres, lens, logs }: DataFolder): Promise<void> {
  const leftovers = [postgres, `${postgres}.unfinished`, `${postgres}.password`, lens, logs];
  for (const path of leftovers) await rm(path, { recursive: true, force: true });
}
