import { setTimeout as sleep } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import pg from 'pg';
import { messageOf } from './error-message.ts';
import { Trouble } from './lifecycle.ts';
import { createPool } from './pool.ts';
import type { DatabaseSettings } from './settings.ts';
import type { Logger } from './telemetry/logging.ts';
import { createGauge, METRIC_NAMES } from './telemetry/metrics.ts';
import type { Telemetry } from './telemetry/start.ts';

export type Database = pg.Pool & AsyncDisposable;

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/** A pool of connections to Postgres, whose state shows in the metrics. Waits until the database can be reached. */
export async function connectDatabase(
  settings: DatabaseSettings,
  { identity, logger, metrics }: Telemetry,
): Promise<Database> {
  const pool = createPool({
    ...connectionOptions(settings),
    application_name: identity.serviceName,
    max: settings.POSTGRES_POOL_SIZE,
  });
  // An idle connection that breaks (a restart of Postgres) is replaced by the pool; without a listener it would end us.
  pool.on('error', (error) => logger.warn(`database connection lost: ${error.message}`));
  createGauge(metrics, {
    name: METRIC_NAMES.databaseConnections,
    help: 'Connections of the pool by state; `waiting` counts queries that wait for one',
    labelNames: ['state'],
    collect(gauge) {
      gauge.set({ state: 'idle' }, pool.idleCount);
      gauge.set({ state: 'used' }, pool.totalCount - pool.idleCount);
      gauge.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  await waitUntilReachable(pool, logger);
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
}

/** What pg needs to connect, from the settings. */
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

/** A check for `/readyz`. */
export function databaseCheck(pool: pg.Pool): () => Promise<unknown> {
  return () => context.with(suppressTracing(context.active()), () => pool.query('select 1'));
}

async function waitUntilReachable(pool: pg.Pool, logger: Logger): Promise<void> {
  for (let delay = FIRST_RETRY_MS; ; delay = Math.min(delay * 2, LAST_RETRY_MS)) {
    try {
      await pool.query('select 1');
      return;
    } catch (error) {
      // Wrong credentials or a missing database don't heal by waiting.
      if (error instanceof pg.DatabaseError && /^(28|3D)/.test(error.code ?? '')) {
        throw new Trouble(`the database refuses us: ${error.message}`);
      }
      logger.warn(`database not reachable, trying again in ${delay} ms: ${messageOf(error)}`);
      await sleep(delay);
    }
  }
}

/**
 * Runs statements that make tables, in one transaction and one process at a time, so that services which start
 * together don't make them twice.
 */
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
