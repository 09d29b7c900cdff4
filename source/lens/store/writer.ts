import type { DuckDBConnection } from '@duckdb/node-api';
import { countDropped, type SelfMetrics } from '../self-metrics.ts';
import type { RowBuffer } from './buffer.ts';
import { TABLE_NAMES } from './schema.ts';
import { writeBatch } from './write-batch.ts';

/** One writer at a time: a transaction belongs to a connection, and a checkpoint wants no other writer around. */
export type Writer = {
  exclusively<T>(write: () => Promise<T>): Promise<T>;
  /** Writes what waits. It never rejects: what can't be written is tried again, and given up in the end. */
  flush(): Promise<void>;
  /** undefined while rows can be written, else what went wrong last. */
  trouble(): string | undefined;
  /** Writes what waits, for a last time. */
  [Symbol.asyncDispose](): Promise<void>;
};

export type WriterOptions = {
  connection: DuckDBConnection;
  buffer: RowBuffer;
  metrics: SelfMetrics;
  announce: (message: string) => void;
};

/** A batch that can't be written this often is given up, so that it doesn't hold up what comes after it. */
const MAX_ATTEMPTS = 3;

export function createWriter({ connection, buffer, metrics, announce }: WriterOptions): Writer {
  let lastWrite: Promise<unknown> = Promise.resolve();
  let attempts = 0;
  let trouble: string | undefined;

  function exclusively<T>(write: () => Promise<T>): Promise<T> {
    const result = lastWrite.then(write);
    lastWrite = result.catch(() => {});
    return result;
  }

  async function writeWaiting(): Promise<void> {
    const taken = buffer.take();
    if (taken.rows === 0) return;
    const observeSeconds = metrics.flushSeconds.startTimer();
    try {
      countDropped(metrics, 'metrics', 'duplicate', await writeBatch(connection, taken.batch));
      attempts = 0;
      trouble = undefined;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
      attempts += 1;
      if (attempts < MAX_ATTEMPTS) return taken.putBack();
      attempts = 0;
      announce(`lens: ${taken.rows} rows could not be written and are lost: ${trouble}`);
      for (const name of TABLE_NAMES) countDropped(metrics, name, 'write_failed', taken.batch[name].length);
    } finally {
      observeSeconds();
    }
    taken.done();
  }

  const flush = () => exclusively(writeWaiting);
  return {
    exclusively,
    flush,
    trouble: () => trouble,
    async [Symbol.asyncDispose]() {
      for (let attempt = 0; attempt < MAX_ATTEMPTS && buffer.rows() > 0; attempt += 1) await flush();
      await lastWrite;
    },
  };
}
