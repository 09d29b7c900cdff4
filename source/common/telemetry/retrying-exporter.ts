import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';

/** What exporters of spans and of log records have in common. */
type Exporter<T> = {
  export(items: T[], done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
};

/** How long one try may take. With it, a service can stop within its deadline although a collector doesn't answer. */
export const EXPORT_TIMEOUT_MS = 5_000;

/** That of no request; and sending telemetry makes no telemetry. */
const OWN_CONTEXT = suppressTracing(ROOT_CONTEXT);

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 4_000;
/** A batch is given up after this: shortly before the batching processor stops waiting for it, at 30 s. */
const GIVE_UP_AFTER_MS = 25_000;

/**
 * An exporter that tries again while the collector is away; meanwhile new items wait in the queue of the processor.
 * The SDK's own gives up a batch at the first refused connection, so each restart of a collector would leave a hole.
 *
 * Each try is made by a new exporter, because a gRPC channel that could not connect waits up to two minutes before it
 * looks again, and offers no setting for it.
 *
 * @param stopping once aborted, each batch is tried only once more: a service that stops can't wait for a collector
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
    // Batching processors call this in the context of whoever ended the last span. What is done here is not that request's
    // work, and neither is what a connection made here does for the rest of its life.
    export: (items, done) => context.with(OWN_CONTEXT, () => void exportWithRetries(items).then(done)),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Without keeping the process alive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
