import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '@mythical/common/error-message';
import { countDropped, type SelfMetrics } from '../self-metrics.ts';
import type { RowBuffer } from './buffer.ts';
import { TABLE_NAMES } from './schema.ts';
import { writeBatch } from './write-batch.ts';

/** Serializes writes: a transaction belongs to a connection, and checkpoints fail with concurrent writers. */
type Writer = {
  exclusively<T>(write: () => Promise<T>): Promise<T>;
  /** Writes pending rows. Never rejects: failed batches are retried, and finally dropped. */
  flush(): Promise<void>;
  /** The last write error; undefined after a successful write. */
  writeError(): string | undefined;
  /** Writes pending rows. */
  [Symbol.asyncDispose](): Promise<void>;
};

type WriterOptions = {
  connection: DuckDBConnection;
  buffer: RowBuffer;
  metrics: SelfMetrics;
  announce: (message: string) => void;
};

/** After this many attempts a batch is dropped, so that it doesn't block later rows. */
const MAX_ATTEMPTS = 3;

export function createWriter({ connection, buffer, metrics, announce }: WriterOptions): Writer {
  let lastWrite: Promise<unknown> = Promise.resolve();
  let attempts = 0;
  let writeError: string | undefined;

  function exclusively<T>(write: () => Promise<T>): Promise<T> {
    const result = lastWrite.then(write);
    lastWrite = result.catch(() => {});
    return result;
  }

  async function writePending(): Promise<void> {
    const { rows, count } = buffer.take();
    if (count === 0) return;
    const observeSeconds = metrics.flushSeconds.startTimer();
    try {
      countDropped(metrics, 'metrics', 'duplicate', await writeBatch(connection, rows));
      attempts = 0;
      writeError = undefined;
    } catch (error) {
      writeError = messageOf(error);
      attempts += 1;
      if (attempts < MAX_ATTEMPTS) return buffer.putBack();
      attempts = 0;
      announce(`lens: lost ${count} rows that could not be written: ${writeError}`);
      for (const name of TABLE_NAMES) countDropped(metrics, name, 'write_failed', rows[name].length);
    } finally {
      observeSeconds();
    }
    buffer.done();
  }

  const flush = () => exclusively(writePending);
  return {
    exclusively,
    flush,
    writeError: () => writeError,
    async [Symbol.asyncDispose]() {
      for (let attempt = 0; attempt < MAX_ATTEMPTS && buffer.rows() > 0; attempt += 1) await flush();
      await lastWrite;
    },
  };
}
