import { setTimeout as sleep } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBType, Json } from '@duckdb/node-api';
import { messageOf } from '@mythical/common/error-message';
import pLimit from 'p-limit';
import { prepareReadOnly, QueryError } from './query-guard.ts';
import { toJson } from './query-values.ts';
import type { SelfMetrics } from './self-metrics.ts';
import type { Database } from './store/database.ts';
import type { Store } from './store/store.ts';

export type QueryResult = {
  columns: { name: string; type: string }[];
  rows: Json[][];
  /** Whether a limit cut off the result. */
  truncated: boolean;
  elapsedMs: number;
};

export type Queries = {
  /**
   * Runs one read-only statement over everything that was ingested before the call.
   *
   * @throws {QueryError} if the SQL is invalid, not allowed, or takes too long
   * @throws {TooManyQueriesError}
   */
  run(sql: string): Promise<QueryResult>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** The queue of queries is full; retry later. */
export class TooManyQueriesError extends Error {
  override readonly name = 'TooManyQueriesError';
}

export type QueryOptions = {
  database: Database;
  store: Pick<Store, 'flush'>;
  metrics: Pick<SelfMetrics, 'querySeconds'>;
  timeoutMs?: number;
  maxRows?: number;
  /** Approximate size of the values as JSON. */
  maxBytes?: number;
  /** Maximum number of concurrent queries. */
  concurrency?: number;
  /** Maximum number of queued queries. */
  maxWaiting?: number;
};

/** How long a shutdown waits for running queries, in ms. */
const STOP_TIMEOUT_MS = 2_000;

export async function createQueries({
  database,
  store,
  metrics,
  timeoutMs = 10_000,
  maxRows = 10_000,
  maxBytes = 20_000_000,
  concurrency = 2,
  maxWaiting = 64,
}: QueryOptions): Promise<Queries> {
  const connections = await Promise.all(Array.from({ length: concurrency }, () => database.connect()));
  const idle = [...connections];
  const limit = pLimit(concurrency);
  let isStopping = false;

  async function readOnce(sql: string): Promise<Omit<QueryResult, 'elapsedMs'>> {
    if (isStopping) throw new QueryError('lens is stopping');
    // There is one, because no more queries run than there are connections.
    const connection = idle.pop()!;
    return read(connection, sql, { timeoutMs, maxRows, maxBytes }).finally(() => idle.push(connection));
  }

  return {
    async run(sql) {
      const observeSeconds = metrics.querySeconds.startTimer();
      const startedAt = performance.now();
      try {
        await store.flush();
        if (limit.pendingCount >= maxWaiting) {
          throw new TooManyQueriesError(`${maxWaiting} queries are already waiting`);
        }
        const result = await limit(readOnce, sql);
        observeSeconds({ outcome: 'ok' });
        return { ...result, elapsedMs: Math.round((performance.now() - startedAt) * 10) / 10 };
      } catch (error) {
        observeSeconds({ outcome: 'error' });
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      isStopping = true;
      const deadline = performance.now() + STOP_TIMEOUT_MS;
      // An interrupt between two statements of a query has no effect, so repeat it until all queries have ended.
      while (limit.activeCount > 0 && performance.now() < deadline) {
        for (const connection of connections) connection.interrupt();
        await sleep(10);
      }
      // Closing would wait for a running query; the end of the process doesn't.
      if (limit.activeCount === 0) for (const connection of connections) connection.closeSync();
    },
  };
}

type ReadLimits = { timeoutMs: number; maxRows: number; maxBytes: number };

async function read(
  connection: DuckDBConnection,
  sql: string,
  { timeoutMs, maxRows, maxBytes }: ReadLimits,
): Promise<Omit<QueryResult, 'elapsedMs'>> {
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    connection.interrupt();
  }, timeoutMs);
  await connection.run('BEGIN TRANSACTION READ ONLY');
  try {
    const prepared = await prepareReadOnly(connection, sql);
    try {
      const result = await prepared.stream();
      const types = result.columnTypes();
      const columns = result.columnNames().map((name, index) => ({ name, type: typeName(types[index]!) }));
      const rows: Json[][] = [];
      let bytes = 0;
      let truncated = false;
      while (!truncated && !timedOut) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        for (let index = 0; index < chunk.rowCount; index += 1) {
          if (rows.length >= maxRows || bytes >= maxBytes) {
            truncated = true;
            break;
          }
          const row = chunk.getRowValues(index).map((value, column) => toJson(value, types[column]!));
          const added = size(row);
          // Making JSON of hundreds of megabytes would block the event loop for seconds.
          if (added > maxBytes) throw new QueryError(`a row has more than ${maxBytes / 1e6} MB: select less`);
          bytes += added;
          rows.push(row);
        }
      }
      if (timedOut) throw new Error('interrupted');
      return { columns, rows, truncated };
    } finally {
      prepared.destroySync();
    }
  } catch (error) {
    if (timedOut) throw new QueryError(`the query took longer than ${timeoutMs / 1000} s`);
    throw error instanceof QueryError ? error : new QueryError(messageOf(error));
  } finally {
    clearTimeout(timer);
    await connection.run('ROLLBACK').catch(() => {});
  }
}

function typeName(type: DuckDBType): string {
  return type.alias ?? type.toString();
}

/** Approximate size as JSON. */
function size(value: Json): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + size(item) + 1, 2);
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + 4 + size(item), 2);
}
