import type { DuckDBConnection } from '@duckdb/node-api';
import { TABLE_NAMES, type TableName, TIME_COLUMN } from './schema.ts';

export type Limits = {
  retentionMinutes: number;
  /** Per table. */
  maxRows: number;
  /** Compressed size of all tables on disk; not applied in memory. */
  maxBytes: number;
};

/**
 * Deletes rows that are too old, the oldest rows above the maximum, and the older half if the database is too large.
 *
 * Also deletes rows whose timestamps are further in the future than the retention, because they would never expire. The
 * next checkpoint makes deleted blocks reusable, so that the file stops growing: at about two and a half times the size
 * of the data, because it is measured between checkpoints.
 */
export async function enforceLimits(
  connection: DuckDBConnection,
  { retentionMinutes, maxRows, maxBytes }: Limits,
): Promise<void> {
  for (const table of TABLE_NAMES) {
    await connection.run(`DELETE FROM ${table} WHERE abs(epoch_ms(${TIME_COLUMN[table]}) - $1::BIGINT) > $2::BIGINT`, [
      BigInt(Date.now()),
      BigInt(retentionMinutes) * 60_000n,
    ]);
    await keepNewest(connection, table, maxRows);
  }
  if ((await bytesOnDisk(connection)) > maxBytes) {
    for (const table of TABLE_NAMES) {
      const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
      await keepNewest(connection, table, Math.ceil(Number(reader.getRowsJS()[0]?.[0]) / 2));
    }
    await connection.run('CHECKPOINT');
  }
}

/** Keeps rows with the same timestamp as the last one kept. */
async function keepNewest(connection: DuckDBConnection, table: TableName, rows: number): Promise<void> {
  const time = TIME_COLUMN[table];
  await connection.run(
    `DELETE FROM ${table} WHERE ${time} < (SELECT ${time} FROM ${table} ORDER BY ${time} DESC LIMIT 1 OFFSET $1)`,
    [BigInt(Math.max(0, rows - 1))],
  );
}

async function bytesOnDisk(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT sum(used_blocks * block_size) FROM pragma_database_size()');
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
