import { type Rows, TABLE_NAMES, type TableName } from './schema.ts';

export type Batch = { [Name in TableName]: Rows[Name][] };

/** Rows to be written. Counts include the batch that is being written. */
export type RowBuffer = {
  /** Adds all rows, or none if the buffer is full. */
  add<Name extends TableName>(table: Name, rows: readonly Rows[Name][], bytes: number): boolean;
  /** Removes all waiting rows, to write them. */
  take(): Taken;
  rows(): number;
  rowsOf(table: TableName): number;
};

export type Taken = {
  batch: Batch;
  rows: number;
  /** The rows were written or dropped. */
  done(): void;
  /** Returns the rows to the front of the buffer. */
  putBack(): void;
};

/** The last addition may exceed the limits, because it is never split. */
export function createBuffer(limits: { rows: number; bytes: number }): RowBuffer {
  let waiting = emptyBatch();
  let waitingBytes = 0;
  let rows = 0;
  let bytes = 0;
  return {
    add(table, added, addedBytes) {
      if (rows >= limits.rows || bytes >= limits.bytes) return false;
      const target: (typeof added)[number][] = waiting[table];
      for (const row of added) target.push(row);
      rows += added.length;
      bytes += addedBytes;
      waitingBytes += addedBytes;
      return true;
    },
    take() {
      const batch = waiting;
      const takenBytes = waitingBytes;
      const takenRows = countRows(batch);
      waiting = emptyBatch();
      waitingBytes = 0;
      return {
        batch,
        rows: takenRows,
        done() {
          rows -= takenRows;
          bytes -= takenBytes;
        },
        putBack() {
          for (const name of TABLE_NAMES) prepend(name, batch, waiting);
          waitingBytes += takenBytes;
        },
      };
    },
    rows: () => rows,
    rowsOf: (table) => waiting[table].length,
  };
}

function emptyBatch(): Batch {
  return { spans: [], logs: [], metrics: [], profiles: [] };
}

function countRows(batch: Batch): number {
  return TABLE_NAMES.reduce((sum, name) => sum + batch[name].length, 0);
}

function prepend<Name extends TableName>(name: Name, batch: Batch, onto: Batch): void {
  onto[name] = batch[name].concat(onto[name] as never) as Batch[Name];
}
