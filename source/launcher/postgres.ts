import { join } from 'node:path';
import { UserError } from '@mythical/common/lifecycle';
import { type Child, describeExit, startChild } from './child.ts';
import { freePort } from './ports.ts';

export type PostgresOptions = {
  /** Made at the first start and kept. */
  dataDir: string;
  port: number;
  /** Gets what Postgres writes to its log, line by line. */
  log?: (line: string) => void;
};

export type Postgres = { url: string; port: number; [Symbol.asyncDispose](): Promise<void> };

/** What the process in between is started with: without `dataDir` it makes a temporary one, and deletes it at the end. */
export type ProcessOptions = { dataDir?: string; port: number };
export type PostgresMessage = { url: string } | { error: string };

/** Much more than it ever takes, and less than anybody would wait for. */
const READY_DEADLINE_MS = 60_000;

const PROCESS = join(import.meta.dirname, 'postgres-process.ts');

/**
 * Starts a real Postgres server on 127.0.0.1, and resolves when it accepts connections. It stops with this process,
 * however that ends.
 *
 * @throws {UserError} when it could not start; the message says why.
 */
export async function startPostgres({ dataDir, port, log }: PostgresOptions): Promise<Postgres> {
  return whenReady(spawnPostgres({ dataDir, port }, log), port);
}

/** A Postgres server for a test: empty, on a free port, fast because nothing is forced to disk, gone at the end. */
export async function startTemporaryPostgres(log?: (line: string) => void): Promise<Postgres> {
  for (let attemptsLeft = 3; ; attemptsLeft--) {
    const port = await freePort();
    try {
      return await whenReady(spawnPostgres({ port }, log), port);
    } catch (error) {
      // Between the choice of the port and its use somebody else may have taken it.
      if (attemptsLeft === 1 || !String(error).includes('could not create any TCP/IP sockets')) throw error;
    }
  }
}

/** The same in two steps, for who must be able to stop Postgres while it still starts. */
export function spawnPostgres(
  options: ProcessOptions,
  log?: (line: string) => void,
): { child: Child; ready: Promise<string> } {
  const answer = Promise.withResolvers<string>();
  const child = startChild({
    name: 'postgres',
    main: PROCESS,
    args: [JSON.stringify(options)],
    ...(log && { onLine: log }),
    onMessage: (message) => {
      const said = message as PostgresMessage;
      if ('url' in said) answer.resolve(said.url);
      else answer.reject(new UserError(said.error));
    },
  });
  const deadline = setTimeout(() => {
    const lines = child.lastLines().join('\n');
    answer.reject(
      new UserError(`Postgres is not ready after ${READY_DEADLINE_MS / 1000} s. Its last lines:\n${lines}`),
    );
  }, READY_DEADLINE_MS);
  void child.exited.then((exit) => answer.reject(new UserError(`Postgres ${describeExit(exit)}`)));
  // Whoever awaits it sees the failure; nobody has to, when the start was given up.
  answer.promise.catch(() => {}).finally(() => clearTimeout(deadline));
  return { child, ready: answer.promise };
}

async function whenReady({ child, ready }: ReturnType<typeof spawnPostgres>, port: number): Promise<Postgres> {
  try {
    return { url: await ready, port, [Symbol.asyncDispose]: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
