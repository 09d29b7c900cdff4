import { statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { countDropped, observeStore, type SelfMetrics } from '../self-metrics.ts';
import { createBuffer } from './buffer.ts';
import type { Database } from './database.ts';
import { enforceLimits, type Limits } from './limits.ts';
import { type Rows, TABLE_NAMES, type TableName } from './schema.ts';
import { type Summary, summarize } from './summary.ts';
import { createWriter } from './writer.ts';

/** Buffers rows and writes them together: DuckDB writes thousands of rows almost as fast as one. */
export type Store = {
  /**
   * Adds all rows, or none: false means that the buffer is full and the sender should retry later.
   *
   * @param bytes the size of the rows as received, which limits the buffer's memory
   */
  append<Name extends TableName>(table: Name, rows: readonly Rows[Name][], bytes: number): boolean;
  /** Resolves when queries can see all rows accepted before the call. Never rejects. */
  flush(): Promise<void>;
  /** Deletes rows beyond the limits. Runs automatically every half minute. */
  enforceLimits(): Promise<void>;
  /** Counts stored rows, including pending ones. */
  summary(): Promise<Summary>;
  /** The last write error; undefined after a successful write. */
  writeError(): string | undefined;
  /** Writes pending rows, then closes. */
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
/** Rows that are written immediately, before the interval ends. */
const FLUSH_ROWS = 5_000;
const LIMITS_INTERVAL_MS = 30_000;
const MAX_PENDING_ROWS = 100_000;
const MAX_PENDING_BYTES = 64 * 2 ** 20;

export async function openStore({
  database,
  limits,
  metrics,
  announce,
  maxPendingRows = MAX_PENDING_ROWS,
  maxPendingBytes = MAX_PENDING_BYTES,
}: StoreOptions): Promise<Store> {
  const connection = await database.connect();
  const buffer = createBuffer({ rows: maxPendingRows, bytes: maxPendingBytes });
  const writer = createWriter({ connection, buffer, metrics, announce });
  const enforce = () => writer.exclusively(() => enforceLimits(connection, limits));

  const everyInterval = setInterval(writer.flush, FLUSH_INTERVAL_MS);
  const everyHalfMinute = setInterval(() => {
    enforce().catch((error: Error) => announce(`lens: failed to delete old telemetry: ${error.message}`));
  }, LIMITS_INTERVAL_MS);

  observeStore(metrics, {
    pendingRows: buffer.rows,
    tableRows: () => writer.exclusively(() => countStored(connection)),
    databaseBytes: () => (database.file === undefined ? 0 : sizeOf(database.file) + sizeOf(`${database.file}.wal`)),
  });

  return {
    append(table, rows, bytes) {
      const before = buffer.rowsOf(table);
      if (!buffer.add(table, rows, bytes)) {
        countDropped(metrics, table, 'buffer_full', rows.length);
        return false;
      }
      metrics.ingested.inc({ signal: table }, rows.length);
      if (before < FLUSH_ROWS && buffer.rowsOf(table) >= FLUSH_ROWS) void writer.flush();
      return true;
    },
    flush: writer.flush,
    enforceLimits: enforce,
    async summary() {
      await writer.flush();
      return writer.exclusively(() => summarize(connection));
    },
    writeError: writer.writeError,
    async [Symbol.asyncDispose]() {
      clearInterval(everyInterval);
      clearInterval(everyHalfMinute);
      await writer[Symbol.asyncDispose]();
      connection.closeSync();
    },
  };
}

async function countStored(connection: DuckDBConnection): Promise<Map<TableName, number>> {
  const counts = TABLE_NAMES.map((name) => `SELECT '${name}', count(*) FROM ${name}`);
  const reader = await connection.runAndReadAll(counts.join(' UNION ALL '));
  return new Map(reader.getRowsJS().map(([name, rows]) => [name as TableName, Number(rows)]));
}

/** 0 if there is no such file. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
