import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './process-identity.ts';
import { until } from './until.ts';

const STOP_DEADLINE_MS = 5_000;

/**
 * Stops a Postgres server that still runs on this data directory after its launcher was killed.
 *
 * `postmaster.pid` may be from before a reboot, and its process id may have been reused. Linux tells by the working
 * directory, which is the data directory for a Postgres server. Elsewhere nothing is stopped, and Postgres refuses to
 * start, with the process id in its message.
 */
export async function stopLeftover(dataDir: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid) || process.platform !== 'linux') return;
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch((error: NodeJS.ErrnoException) => error.code);
  if (workingDirectory === 'EACCES') return;
  if (workingDirectory !== (await realpath(dataDir))) {
    // Postgres would mistake any process with this id for a server on its data, and refuse to start.
    await rm(pidFile, { force: true });
    return;
  }
  log(`stopping the Postgres server (process ${pid}) still running on ${dataDir}`);
  process.kill(pid, 'SIGINT');
  await until(() => !isAlive(pid), {
    timeoutMs: STOP_DEADLINE_MS,
    what: () => `the old Postgres server (process ${pid}) to stop`,
  });
}
