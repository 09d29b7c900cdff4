import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';

/** The common interface of span and log record exporters. */
type Exporter<T> = {
  export(items: T[], done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
};

/** The timeout of one attempt: short enough for a service to stop within its deadline while the collector hangs. */
export const EXPORT_TIMEOUT_MS = 5_000;

/** Exports belong to no request, and must not be traced. */
const OWN_CONTEXT = suppressTracing(ROOT_CONTEXT);

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 4_000;
/** Shortly before the batching processor's own timeout of 30 s. */
const GIVE_UP_AFTER_MS = 25_000;

/**
 * Retries while the collector is unavailable; new items wait in the processor's queue. The SDK's exporters drop a batch
 * at the first refused connection, so that each collector restart would leave a gap.
 *
 * Each attempt uses a new exporter, because a gRPC channel that failed to connect can wait up to two minutes before it
 * reconnects, and the exporter has no setting for that.
 *
 * @param stopping once aborted, each batch gets one more attempt, so that the service can stop
 */
export function createRetryingExporter<T>(create: () => Exporter<T>, stopping: AbortSignal): Required<Exporter<T>> {
  let exporter = create();

  function tryOnce(items: T[]): Promise<ExportResult> {
    return new Promise((resolve) => exporter.export(items, resolve));
  }

  async function exportWithRetries(items: T[]): Promise<ExportResult> {
    const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
    for (let delay = FIRST_RETRY_MS; ; delay = Math.min(delay * 2, LAST_RETRY_MS)) {
      const result = await tryOnce(items);
      if (result.code === ExportResultCode.SUCCESS || stopping.aborted || Date.now() + delay > giveUpAt) {
        return result;
      }
      await pause(delay, stopping);
      await exporter.shutdown().catch(() => {});
      exporter = create();
    }
  }

  return {
    // Batching processors call this in the context of the request that ended the last span. Neither the export nor the
    // connection that it opens belongs to that request.
    export: (items, done) => context.with(OWN_CONTEXT, () => void exportWithRetries(items).then(done)),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Doesn't keep the process alive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
