import { join } from 'node:path';
import { UserError } from '@mythical/common/lifecycle';
import { type Child, describeExit, startChild } from './child.ts';
import { freePort } from './ports.ts';

export type PostgresOptions = {
  /** Created on the first start and kept. */
  dataDir: string;
  port: number;
  /** Receives Postgres's log lines. */
  log?: (line: string) => void;
};

export type Postgres = { url: string; port: number; [Symbol.asyncDispose](): Promise<void> };

/** Arguments of the intermediate process. Without `dataDir` it uses a temporary directory. */
export type ProcessOptions = { dataDir?: string; port: number };
export type PostgresMessage = { starting: string } | { url: string } | { error: string };

/** Much longer than a start ever takes. */
const READY_DEADLINE_MS = 60_000;

const PROCESS = join(import.meta.dirname, 'postgres-process.ts');

/**
 * Starts a real Postgres server on 127.0.0.1, and resolves when it accepts connections. It stops when this process
 * ends, however that happens.
 *
 * @throws {UserError} if it can't start
 */
export async function startPostgres({ dataDir, port, log }: PostgresOptions): Promise<Postgres> {
  return whenReady(spawnPostgres({ dataDir, port }, log), port);
}

/** An empty Postgres server for a test: on a free port, without fsync, deleted at the end. */
export async function startTemporaryPostgres(log?: (line: string) => void): Promise<Postgres> {
  for (let attemptsLeft = 3; ; attemptsLeft--) {
    const port = await freePort();
    try {
      return await whenReady(spawnPostgres({ port }, log), port);
    } catch (error) {
      // Another process may have taken the port in the meantime.
      if (attemptsLeft === 1 || !String(error).includes('could not create any TCP/IP sockets')) throw error;
    }
  }
}

/**
 * The same in steps, so that Postgres can be stopped while it is still starting. `starting` resolves with the URL as soon
 * as it is known, `ready` when it accepts connections.
 */
export function spawnPostgres(
  options: ProcessOptions,
  log?: (line: string) => void,
): { child: Child; starting: Promise<string>; ready: Promise<string> } {
  const starting = Promise.withResolvers<string>();
  const answer = Promise.withResolvers<string>();
  const child = startChild({
    name: 'postgres',
    main: PROCESS,
    args: [JSON.stringify(options)],
    ...(log && { onLine: log }),
    onMessage: (message) => {
      const result = message as PostgresMessage;
      if ('starting' in result) starting.resolve(result.starting);
      else if ('url' in result) answer.resolve(result.url);
      else answer.reject(new UserError(result.error));
    },
  });
  const deadline = setTimeout(() => {
    const lines = child.lastLines().join('\n');
    answer.reject(new UserError(`Postgres is not ready after ${READY_DEADLINE_MS / 1000} s. Last lines:\n${lines}`));
  }, READY_DEADLINE_MS);
  void child.exited.then((exit) => answer.reject(new UserError(`Postgres ${describeExit(exit)}`)));
  const started = Promise.race([starting.promise, answer.promise]);
  // The caller handles rejections, unless it has stopped the child before it was ready.
  started.catch(() => {});
  answer.promise.catch(() => {}).finally(() => clearTimeout(deadline));
  return { child, starting: started, ready: answer.promise };
}

async function whenReady({ child, ready }: ReturnType<typeof spawnPostgres>, port: number): Promise<Postgres> {
  try {
    return { url: await ready, port, [Symbol.asyncDispose]: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
