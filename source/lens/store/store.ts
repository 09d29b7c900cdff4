import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import { countDropped, observeStore, type SelfMetrics } from '../self-metrics.ts';
import type { Database } from './database.ts';
import { enforceLimits, type Limits } from './limits.ts';
import { type ColumnType, type Rows, TABLE_NAMES, TABLES, type TableName } from './schema.ts';
import { type Summary, summarize } from './summary.ts';

/**
 * Where rows are put. They are held for a moment and written together, because DuckDB takes thousands of rows almost
 * as fast as one.
 */
export type Store = {
  /**
   * Takes all rows, or none: false says that as much is waiting to be written as is allowed, and that the sender
   * should try again later.
   *
   * @param bytes the size of the rows as they came, by which memory is bounded
   */
  append<Name extends TableName>(table: Name, rows: readonly Rows[Name][], bytes: number): boolean;
  /** Settles when every row accepted before the call can be seen by queries. It never rejects. */
  flush(): Promise<void>;
  /** Deletes what is too old or too much. Done by itself every half minute. */
  enforceLimits(): Promise<void>;
  /** Counts what is stored, pending rows included. */
  summary(): Promise<Summary>;
  /** undefined while rows can be written, else what went wrong last. */
  trouble(): string | undefined;
  /** Writes what is pending, then closes. */
  [Symbol.asyncDispose](): Promise<void>;
};

export type StoreOptions = {
  database: Database;
  limits: Limits;
  metrics: SelfMetrics;
  announce: (message: string) => void;
  maxPendingRows?: number;
  maxPendingBytes?: number;
};

const FLUSH_INTERVAL_MS = 300;
/** Rows that are written at once, without waiting for the interval. */
const FLUSH_ROWS = 5_000;
const LIMITS_INTERVAL_MS = 30_000;
/** One request may go over these, since it is taken whole. */
const MAX_PENDING_ROWS = 100_000;
const MAX_PENDING_BYTES = 64 * 2 ** 20;
/** DuckDB's vector size is 2048; fewer rows keep the event loop free between chunks (about 5 ms each). */
const CHUNK_ROWS = 1024;
/** A batch that can't be written this often is given up, so that it doesn't hold up what comes after it. */
const MAX_ATTEMPTS = 3;

type Pending = { [Name in TableName]: Rows[Name][] };

export async function openStore({
  database,
  limits,
  metrics,
  announce,
  maxPendingRows = MAX_PENDING_ROWS,
  maxPendingBytes = MAX_PENDING_BYTES,
}: StoreOptions): Promise<Store> {
  const connection = await database.connect();
  let pending = nothingPending();
  /** Includes the batch that is being written. */
  let pendingRows = 0;
  let pendingBytes = 0;
  let unwrittenBytes = 0;
  let attempts = 0;
  let trouble: string | undefined;

  // One writer at a time: a transaction belongs to a connection, and a checkpoint wants no other writer around.
  let lastWrite: Promise<unknown> = Promise.resolve();
  function exclusively<T>(write: () => Promise<T>): Promise<T> {
    const result = lastWrite.then(write);
    lastWrite = result.catch(() => {});
    return result;
  }

  async function writePending(): Promise<void> {
    const batch = pending;
    const bytes = unwrittenBytes;
    const rows = countRows(batch);
    if (rows === 0) return;
    pending = nothingPending();
    unwrittenBytes = 0;
    const observeSeconds = metrics.flushSeconds.startTimer();
    try {
      await writeBatch(connection, batch);
      attempts = 0;
      trouble = undefined;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
      attempts += 1;
      if (attempts < MAX_ATTEMPTS) {
        for (const name of TABLE_NAMES) prepend(name, batch, pending);
        unwrittenBytes += bytes;
        return;
      }
      attempts = 0;
      announce(`lens: ${rows} rows could not be written and are lost: ${trouble}`);
      for (const name of TABLE_NAMES) countDropped(metrics, name, 'write_failed', batch[name].length);
    } finally {
      observeSeconds();
    }
    pendingRows -= rows;
    pendingBytes -= bytes;
  }

  const flush = () => exclusively(writePending);

  const enforce = () => exclusively(() => enforceLimits(connection, limits));

  const everyInterval = setInterval(flush, FLUSH_INTERVAL_MS);
  const everyHalfMinute = setInterval(() => {
    enforce().catch((error: Error) => announce(`lens: old telemetry could not be deleted: ${error.message}`));
  }, LIMITS_INTERVAL_MS);

  observeStore(metrics, {
    pendingRows: () => pendingRows,
    tableRows: () => exclusively(() => countStored(connection)),
    databaseBytes: () => sizeOnDisk(database.file),
  });

  return {
    append(table, rows, bytes) {
      if (pendingRows >= maxPendingRows || pendingBytes >= maxPendingBytes) {
        countDropped(metrics, table, 'buffer_full', rows.length);
        return false;
      }
      const target: (typeof rows)[number][] = pending[table];
      for (const row of rows) target.push(row);
      pendingRows += rows.length;
      pendingBytes += bytes;
      unwrittenBytes += bytes;
      metrics.ingested.inc({ signal: table }, rows.length);
      if (target.length >= FLUSH_ROWS && target.length - rows.length < FLUSH_ROWS) void flush();
      return true;
    },
    flush,
    enforceLimits: enforce,
    async summary() {
      await flush();
      return exclusively(() => summarize(connection));
    },
    trouble: () => trouble,
    async [Symbol.asyncDispose]() {
      clearInterval(everyInterval);
      clearInterval(everyHalfMinute);
      for (let attempt = 0; attempt < MAX_ATTEMPTS && pendingRows > 0; attempt += 1) await flush();
      await lastWrite;
      connection.closeSync();
    },
  };
}

function nothingPending(): Pending {
  return { spans: [], logs: [], metrics: [], profiles: [] };
}

function countRows(batch: Pending): number {
  return TABLE_NAMES.reduce((sum, name) => sum + batch[name].length, 0);
}

function prepend<Name extends TableName>(name: Name, batch: Pending, onto: Pending): void {
  onto[name] = batch[name].concat(onto[name] as never) as Pending[Name];
}

async function writeBatch(connection: DuckDBConnection, batch: Pending): Promise<void> {
  await connection.run('BEGIN');
  try {
    for (const name of TABLE_NAMES) await appendRows(connection, name, batch[name]);
    // The slow part, disk and checkpoint, happens here and off the event loop.
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function appendRows<Name extends TableName>(
  connection: DuckDBConnection,
  name: Name,
  rows: readonly Rows[Name][],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.entries(TABLES[name].columns) as [keyof Rows[Name], ColumnType][];
  const types = columns.map(([, type]) => STORED[type].type);
  const appender = await connection.createAppender(name);
  try {
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const slice = rows.slice(start, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(types, slice.length);
      columns.forEach(([column, type], index) => {
        const { encode } = STORED[type];
        chunk.setColumnValues(
          index,
          slice.map((row) => {
            const value = row[column];
            return value === null ? null : encode(value);
          }),
        );
      });
      appender.appendDataChunk(chunk);
      await nextTurn();
    }
  } finally {
    appender.closeSync();
  }
}

/** How a value of a row becomes a value of DuckDB. */
const STORED: Record<ColumnType, { type: DuckDBType; encode: (value: unknown) => DuckDBValue }> = {
  VARCHAR: { type: VARCHAR, encode: (value) => value as string },
  'VARCHAR[]': { type: LIST(VARCHAR), encode: (value) => listValue(value as string[]) },
  JSON: { type: VARCHAR, encode: (value) => value as string },
  TIMESTAMP: { type: TIMESTAMP, encode: (value) => new DuckDBTimestampValue(possibleTime(value as bigint)) },
  DOUBLE: { type: DOUBLE, encode: (value) => value as number },
  INTEGER: { type: INTEGER, encode: (value) => value as number },
  BIGINT: { type: BIGINT, encode: (value) => value as bigint },
};

const YEAR_9999 = BigInt(Date.UTC(9999, 11, 31)) * 1000n;

/** Anyone can send any time; DuckDB can't calculate with those at the ends of its range. */
function possibleTime(micros: bigint): bigint {
  if (micros < 0n) return 0n;
  return micros > YEAR_9999 ? YEAR_9999 : micros;
}

async function countStored(connection: DuckDBConnection): Promise<Map<TableName, number>> {
  const counts = TABLE_NAMES.map((name) => `SELECT '${name}', count(*) FROM ${name}`);
  const reader = await connection.runAndReadAll(counts.join(' UNION ALL '));
  return new Map(reader.getRowsJS().map(([name, rows]) => [name as TableName, Number(rows)]));
}

async function sizeOnDisk(file: string | undefined): Promise<number> {
  if (file === undefined) return 0;
  const sizes = await Promise.all(
    [file, `${file}.wal`].map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
