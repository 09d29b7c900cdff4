import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startTemporaryPostgres } from '../../source/launcher/postgres.ts';

/** An empty database on a real Postgres. */
export type Database = AsyncDisposable & { url: string };

/** The URL of a Postgres server that npm test starts for all test files. */
const SHARED_SERVER = 'TESTS_POSTGRES_URL';

export async function shareServer(): Promise<AsyncDisposable> {
  const server = await startTemporaryPostgres();
  process.env[SHARED_SERVER] = server.url;
  return server;
}

/** A database of the shared server; without one, a separate server. */
export async function startDatabase(): Promise<Database> {
  const server = process.env[SHARED_SERVER];
  if (server === undefined) return startTemporaryPostgres();
  const name = `test-${randomUUID()}`;
  await run(server, `create database "${name}"`);
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    [Symbol.asyncDispose]: () => run(server, `drop database "${name}" with (force)`),
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
