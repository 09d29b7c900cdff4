import { setTimeout as sleep } from 'node:timers/promises';
import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type PgBoss from 'pg-boss';
import { messageOf } from '../../error-message.ts';
import type { QueueSettings } from '../../settings.ts';
import type { Telemetry } from '../../telemetry/start.ts';
import { createInFlight } from '../in-flight.ts';
import { createDeliveryCounter } from '../metrics.ts';
import type { Handler } from '../queue.ts';
import { type Stored, spanAttributes, untraced } from './stored.ts';

const POLL_INTERVAL_MS = 250;
const FETCH_RETRY_MS = 1_000;

export type Consumer = {
  start(handler: Handler): void;
  /** Stops polling and waits for running handlers. */
  stop(): Promise<void>;
};

export function createConsumer(
  boss: PgBoss,
  queue: string,
  tracer: Tracer,
  { QUEUE_PREFETCH, QUEUE_RETRY_LIMIT }: QueueSettings,
  { logger, metrics }: Telemetry,
): Consumer {
  const deliveries = createDeliveryCounter(metrics);
  const inFlight = createInFlight();
  const stopping = new AbortController();
  let polling: Promise<void> | undefined;

  async function poll(handler: Handler): Promise<void> {
    while (!stopping.signal.aborted) {
      const free = QUEUE_PREFETCH - inFlight.size;
      if (free === 0) {
        await inFlight.next();
        continue;
      }
      const jobs = await boss.fetch<Stored>(queue, { batchSize: free, includeMetadata: true }).catch((error) => {
        logger.warn(`queue not reachable: ${messageOf(error)}`);
        return undefined;
      });
      for (const job of jobs ?? []) void inFlight.track(deliver(handler, job));
      // Fewer jobs than requested: the queue is empty for now.
      if (jobs === undefined) await pause(FETCH_RETRY_MS);
      else if (jobs.length < free) await pause(POLL_INTERVAL_MS);
    }
  }

  async function pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});
  }

  async function deliver(handler: Handler, job: PgBoss.JobWithMetadata<Stored>): Promise<void> {
    const attempt = job.retryCount + 1;
    const parent = propagation.extract(ROOT_CONTEXT, job.data.headers ?? {});
    const options = { kind: SpanKind.CONSUMER, attributes: spanAttributes(queue, 'process', job.id) };
    await tracer.startActiveSpan(`process ${queue}`, options, parent, async (span) => {
      try {
        await handler({ id: job.id, body: job.data.body, attempt });
        await untraced(() => boss.complete(queue, job.id));
        deliveries.inc({ outcome: 'done' });
      } catch (error) {
        const reason = messageOf(error);
        const final = attempt > QUEUE_RETRY_LIMIT;
        span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
        logger.warn(`message not handled: ${reason}`, { messageID: job.id, attempt, final });
        // If this fails too, the message is redelivered after its delivery expires.
        await untraced(() => boss.fail(queue, job.id, { error: reason })).catch(() => {});
        deliveries.inc({ outcome: final ? 'dead_lettered' : 'retried' });
      } finally {
        span.end();
      }
    });
  }

  return {
    start(handler) {
      polling = untraced(() => poll(handler));
    },
    async stop() {
      stopping.abort();
      await polling;
      await inFlight.idle();
    },
  };
}
