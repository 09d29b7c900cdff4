import type { DuckDBConnection } from '@duckdb/node-api';
import { TABLE_NAMES, TABLES, type TableName } from './schema.ts';

export type Limits = {
  retentionMinutes: number;
  /** For each table. */
  maxRows: number;
  /** Of all tables on disk, compressed. Nothing is on disk when the database is in memory. */
  maxBytes: number;
};

/**
 * Deletes rows that are too old, the oldest of what is too many, and the older half of all when it is too large.
 *
 * Rows that claim to be from the future go as well, once they are further off than the retention: they would never
 * grow old. The next checkpoint frees the blocks of what was deleted to be used again, so that the file stops growing:
 * at about two and a half times what is stored, since it is measured between two checkpoints.
 */
export async function enforceLimits(
  connection: DuckDBConnection,
  { retentionMinutes, maxRows, maxBytes }: Limits,
): Promise<void> {
  for (const table of TABLE_NAMES) {
    await connection.run(`DELETE FROM ${table} WHERE abs(epoch_ms(${timeOf(table)}) - $1::BIGINT) > $2::BIGINT`, [
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

function timeOf(table: TableName): string {
  return TABLES[table].timeColumn;
}

/** Rows of the very same microsecond as the last that is kept stay too. */
async function keepNewest(connection: DuckDBConnection, table: TableName, rows: number): Promise<void> {
  const time = timeOf(table);
  await connection.run(
    `DELETE FROM ${table} WHERE ${time} < (SELECT ${time} FROM ${table} ORDER BY ${time} DESC LIMIT 1 OFFSET $1)`,
    [BigInt(Math.max(0, rows - 1))],
  );
}

async function bytesOnDisk(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT sum(used_blocks * block_size) FROM pragma_database_size()');
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
