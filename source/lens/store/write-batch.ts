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
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import type { Batch } from './buffer.ts';
import { type ColumnType, type MetricRow, type Rows, storedColumns, TABLE_NAMES, type TableName } from './schema.ts';

/** Less than DuckDB's vector size of 2048, so that each chunk blocks the event loop for about 5 ms only. */
const CHUNK_ROWS = 1024;

/** Writes all rows or none. @returns how many rows with `once` were already stored */
export async function writeBatch(connection: DuckDBConnection, rows: Batch['rows']): Promise<number> {
  const metrics = { more: rows.metrics.filter(({ once }) => !once), once: rows.metrics.filter(({ once }) => once) };
  await connection.run('BEGIN');
  try {
    for (const name of TABLE_NAMES) await appendRows(connection, name, name === 'metrics' ? metrics.more : rows[name]);
    const repeated = await appendOnce(connection, metrics.once);
    // The slow part, disk I/O and checkpoints, runs off the event loop.
    await connection.run('COMMIT');
    return repeated;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** Rows that are equal in these columns are duplicates. Not the value: as in Prometheus, the first one stays. */
const IDENTITY = ['time', 'name', 'labels', 'exemplar_trace_id', 'exemplar_span_id', 'exemplar_value', 'exemplar_time'];

/** Reads only the part of the table with the times of these rows: usually the latest few seconds. */
async function appendOnce(connection: DuckDBConnection, rows: readonly MetricRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  await connection.run('CREATE OR REPLACE TEMP TABLE incoming AS FROM metrics LIMIT 0');
  await appendRows(connection, 'metrics', rows, { table: 'incoming', catalog: 'temp' });
  const same = IDENTITY.map((column) => `stored.${column} IS NOT DISTINCT FROM incoming.${column}`).join(' AND ');
  const { rowsChanged } = await connection.run(
    `INSERT INTO metrics
     SELECT DISTINCT ON (${IDENTITY.join(', ')}) *
     FROM incoming
     ANTI JOIN (FROM metrics WHERE time BETWEEN make_timestamp($1::BIGINT) AND make_timestamp($2::BIGINT)) AS stored ON ${same}`,
    [rows.map(({ time }) => time).reduce(least), rows.map(({ time }) => time).reduce(greatest)],
  );
  await connection.run('DROP TABLE incoming');
  return rows.length - rowsChanged;
}

const least = (one: bigint, other: bigint) => (one < other ? one : other);
const greatest = (one: bigint, other: bigint) => (one > other ? one : other);

async function appendRows<Name extends TableName>(
  connection: DuckDBConnection,
  name: Name,
  rows: readonly Rows[Name][],
  into: { table: string; catalog?: string } = { table: name },
): Promise<void> {
  if (rows.length === 0) return;
  const columns = storedColumns(name) as [keyof Rows[Name], ColumnType][];
  const types = columns.map(([, type]) => STORED[type].type);
  const appender = await connection.createAppender(into.table, 'main', into.catalog);
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
      // Otherwise closing would write all chunks at once.
      appender.flushSync();
      await nextTurn();
    }
  } finally {
    appender.closeSync();
  }
}

/** Converts row values to DuckDB values. */
const STORED: Record<ColumnType, { type: DuckDBType; encode: (value: unknown) => DuckDBValue }> = {
  VARCHAR: { type: VARCHAR, encode: (value) => value as string },
  JSON: { type: VARCHAR, encode: (value) => value as string },
  TIMESTAMP: { type: TIMESTAMP, encode: (value) => new DuckDBTimestampValue(clampTime(value as bigint)) },
  DOUBLE: { type: DOUBLE, encode: (value) => value as number },
  INTEGER: { type: INTEGER, encode: (value) => value as number },
  BIGINT: { type: BIGINT, encode: (value) => clampInt64(value as bigint) },
};

const YEAR_9999 = BigInt(Date.UTC(9999, 11, 31)) * 1000n;

/** Senders can use any timestamp, but DuckDB can't calculate with those at the ends of its range. */
function clampTime(micros: bigint): bigint {
  if (micros < 0n) return 0n;
  return micros > YEAR_9999 ? YEAR_9999 : micros;
}

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Sums may exceed a BIGINT, which DuckDB would wrap to negative values. */
function clampInt64(count: bigint): bigint {
  if (count > MAX_INT64) return MAX_INT64;
  return count < MIN_INT64 ? MIN_INT64 : count;
}
