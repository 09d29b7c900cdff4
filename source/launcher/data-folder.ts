import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@mythical/common/lifecycle';
import { describeProcess } from './process-identity.ts';

/** Where the parts keep their things below the data folder. */
export type DataFolder = {
  path: string;
  postgres: string;
  lens: string;
  logs: string;
  /** True when the last owner of the folder was killed, so that what it started may still be stopping. */
  wasAbandoned: boolean;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Makes the data folder, and takes it for this process alone until disposed.
 *
 * @throws {UserError} when another living process has it, or it can't be written.
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
          `npm start is running already on ${path} (process ${pid}).\n` +
            'Stop it first, or run a second one with MYTHICAL_DATA_DIR and other ports: npm start -- --help',
        );
      }
      await rm(lock, { force: true });
      wasAbandoned = true;
    }
    // `wx` fails when somebody else was quicker.
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

/** Deletes what earlier runs left, and nothing else that may lie in the folder. */
export async function emptyDataFolder({ postgres, lens, logs }: DataFolder): Promise<void> {
  const leftovers = [postgres, `${postgres}.unfinished`, `${postgres}.password`, lens, logs];
  for (const path of leftovers) await rm(path, { recursive: true, force: true });
}
