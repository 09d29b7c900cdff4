import { type Rows, TABLE_NAMES, type TableName } from './schema.ts';

export type Batch = { [Name in TableName]: Rows[Name][] };

/** Rows that wait to be written, and how many they are: the batch that is being written counts until it is done with. */
export type RowBuffer = {
  /** Takes all rows, or none where there is no room. */
  add<Name extends TableName>(table: Name, rows: readonly Rows[Name][], bytes: number): boolean;
  /** The rows that wait, which then wait no longer. */
  take(): Taken;
  rows(): number;
  rowsOf(table: TableName): number;
};

export type Taken = {
  batch: Batch;
  rows: number;
  /** They are written, or given up. */
  done(): void;
  /** They wait again, before what came meanwhile. */
  putBack(): void;
};

/** One addition may go over the limits, since it is taken whole. */
export function createBuffer(limits: { rows: number; bytes: number }): RowBuffer {
  let waiting = nothing();
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
      waiting = nothing();
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

function nothing(): Batch {
  return { spans: [], logs: [], metrics: [], profiles: [] };
}

function countRows(batch: Batch): number {
  return TABLE_NAMES.reduce((sum, name) => sum + batch[name].length, 0);
}

function prepend<Name extends TableName>(name: Name, batch: Batch, onto: Batch): void {
  onto[name] = batch[name].concat(onto[name] as never) as Batch[Name];
}
