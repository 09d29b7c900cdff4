import { type Rows, TABLE_NAMES, type TableName } from './schema.ts';

export type Batch = { rows: { [Name in TableName]: Rows[Name][] }; count: number; bytes: number };

/** Rows to be written, one batch at a time. Limits and counts include the batch that is being written. */
export type RowBuffer = {
  /** Adds all rows, or none if the buffer is full. */
  add<Name extends TableName>(table: Name, rows: readonly Rows[Name][], bytes: number): boolean;
  /** Removes all waiting rows, to write them. */
  take(): Batch;
  /** The batch was written or dropped. */
  done(): void;
  /** Returns the batch to the front of the buffer. */
  putBack(): void;
  rows(): number;
  /** Without the batch that is being written. */
  rowsOf(table: TableName): number;
};

/** The last addition may exceed the limits, because it is never split. */
export function createBuffer(limits: { rows: number; bytes: number }): RowBuffer {
  let waiting = emptyBatch();
  let taken = emptyBatch();
  return {
    add(table, added, bytes) {
      if (waiting.count + taken.count >= limits.rows || waiting.bytes + taken.bytes >= limits.bytes) return false;
      const target: (typeof added)[number][] = waiting.rows[table];
      for (const row of added) target.push(row);
      waiting.count += added.length;
      waiting.bytes += bytes;
      return true;
    },
    take() {
      taken = waiting;
      waiting = emptyBatch();
      return taken;
    },
    done() {
      taken = emptyBatch();
    },
    putBack() {
      waiting = joined(taken, waiting);
      taken = emptyBatch();
    },
    rows: () => waiting.count + taken.count,
    rowsOf: (table) => waiting.rows[table].length,
  };
}

function emptyBatch(): Batch {
  return { rows: { spans: [], logs: [], metrics: [], profiles: [] }, count: 0, bytes: 0 };
}

function joined(first: Batch, second: Batch): Batch {
  const rows = Object.fromEntries(TABLE_NAMES.map((name) => [name, [...first.rows[name], ...second.rows[name]]]));
  return { rows: rows as Batch['rows'], count: first.count + second.count, bytes: first.bytes + second.bytes };
}
