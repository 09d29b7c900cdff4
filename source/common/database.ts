import { setTimeout as sleep } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import pg from 'pg';
import { messageOf } from './error-message.ts';
import { UserError } from './lifecycle.ts';
import { createPool } from './pool.ts';
import type { DatabaseSettings } from './settings.ts';
import type { Logger } from './telemetry/logging.ts';
import { createGauge, METRIC_NAMES } from './telemetry/metrics.ts';
import type { Telemetry } from './telemetry/start.ts';

export type Database = pg.Pool & AsyncDisposable;

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/** A Postgres connection pool with metrics. Waits until the database is reachable. */
export async function connectDatabase(
  settings: DatabaseSettings,
  { identity, logger, metrics }: Telemetry,
): Promise<Database> {
  const pool = createPool({
    ...connectionOptions(settings),
    application_name: identity.serviceName,
    max: settings.POSTGRES_POOL_SIZE,
  });
  // The pool replaces broken idle connections; without a listener the error would end the process.
  pool.on('error', (error) => logger.warn(`database connection lost: ${error.message}`));
  createGauge(metrics, {
    name: METRIC_NAMES.databaseConnections,
    help: 'Pool connections by state; `waiting` is the number of queries waiting for one',
    labelNames: ['state'],
    collect(gauge) {
      gauge.set({ state: 'idle' }, pool.idleCount);
      gauge.set({ state: 'used' }, pool.totalCount - pool.idleCount);
      gauge.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  await waitUntilReachable(() => pool.query('select 1'), logger);
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
}

export function connectionOptions(settings: DatabaseSettings): pg.ClientConfig {
  return {
    host: settings.POSTGRES_HOST,
    port: settings.POSTGRES_PORT,
    user: settings.POSTGRES_USER,
    database: settings.POSTGRES_DB,
    ...(settings.POSTGRES_PASSWORD !== undefined && { password: settings.POSTGRES_PASSWORD }),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
}

/** For `/readyz`. */
export function databaseCheck(pool: pg.Pool): () => Promise<unknown> {
  return () => context.with(suppressTracing(context.active()), () => pool.query('select 1'));
}

/** For clients that don't wait themselves. */
export function waitForDatabase(settings: DatabaseSettings, logger: Logger): Promise<void> {
  return waitUntilReachable(async () => {
    const client = new pg.Client(connectionOptions(settings));
    await client.connect();
    await client.end();
  }, logger);
}

async function waitUntilReachable(connect: () => Promise<unknown>, logger: Logger): Promise<void> {
  for (let delay = FIRST_RETRY_MS; ; delay = Math.min(delay * 2, LAST_RETRY_MS)) {
    try {
      await connect();
      return;
    } catch (error) {
      // Retrying doesn't fix wrong credentials or a missing database.
      if (error instanceof pg.DatabaseError && /^(28|3D)/.test(error.code ?? '')) {
        throw new UserError(`the database refused the connection: ${error.message}`);
      }
      logger.warn(`database unreachable, retrying in ${delay} ms: ${messageOf(error)}`);
      await sleep(delay);
    }
  }
}

/** Creates tables in a transaction under a lock, so that services can start concurrently. */
export async function createTables(pool: pg.Pool, sql: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query("select pg_advisory_xact_lock(hashtext('mythical-tables'))");
    await client.query(sql);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
