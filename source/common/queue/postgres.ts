import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import PgBoss from 'pg-boss';
import { connectionOptions } from '../database.ts';
import type { DatabaseSettings, QueueSettings } from '../settings.ts';
import type { Telemetry } from '../telemetry/start.ts';
import { createInFlight } from './in-flight.ts';
import { createDeliveryCounter, createPublishCounter } from './metrics.ts';
import { type Handler, type Message, PUBLISH_TIMEOUT_MS, PublishError, type Queue, queueNames } from './queue.ts';

/**
 * The queue on Postgres, by pg-boss: the same promises as on RabbitMQ, with nothing more to install. pg-boss has no
 * OpenTelemetry instrumentation, so the spans of publishing and processing are made here, after the semantic
 * conventions of messaging: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */

/** What is stored as a job's data: the message, and the trace context and baggage that it was published in. */
type Stored = { body: Message['body']; headers: Record<string, string> };

const POLL_INTERVAL_MS = 250;
const FETCH_RETRY_MS = 1_000;
/** A consumer that took a message and is gone: after this, the message is delivered again. */
const DELIVERY_TIMEOUT_SECONDS = 60;
const KEEP_DONE_SECONDS = 600;

export async function openPostgresQueue(
  settings: QueueSettings & DatabaseSettings,
  { identity, logger, metrics }: Telemetry,
): Promise<Queue> {
  const names = queueNames(settings);
  const tracer = trace.getTracer('@mythical/common/queue', identity.version);
  const published = createPublishCounter(metrics);
  const deliveries = createDeliveryCounter(metrics);
  const inFlight = createInFlight();
  const stopping = new AbortController();
  let polling: Promise<void> | undefined;

  const boss = new PgBoss({
    ...(connectionOptions(settings) as PgBoss.ConstructorOptions),
    application_name: `${identity.serviceName}-queue`,
    max: 4,
    schedule: false,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    maintenanceIntervalSeconds: 300,
  });
  boss.on('error', (error) => logger.warn(`queue: ${error.message}`));
  await untraced(async () => {
    await boss.start();
    await boss.createQueue(names.dead);
    await boss.createQueue(names.work, {
      deadLetter: names.dead,
      retryLimit: settings.QUEUE_RETRY_LIMIT,
      retryDelay: Math.ceil(settings.QUEUE_RETRY_DELAY_MS / 1000),
      expireInSeconds: DELIVERY_TIMEOUT_SECONDS,
      deleteAfterSeconds: KEEP_DONE_SECONDS,
    });
  });

  function spanAttributes(operation: 'send' | 'process', id: string) {
    return {
      'messaging.system': 'pg-boss',
      'messaging.destination.name': names.work,
      'messaging.operation.type': operation,
      'messaging.operation.name': operation,
      'messaging.message.id': id,
    };
  }

  /** The id is the job's key, so sending again after a lost answer doesn't make a second message. */
  async function send(message: Message, stored: Stored): Promise<void> {
    const deadline = Date.now() + PUBLISH_TIMEOUT_MS;
    for (;;) {
      try {
        await boss.send(names.work, stored, { id: message.id });
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (Date.now() > deadline) throw new PublishError(`not published within ${PUBLISH_TIMEOUT_MS} ms: ${reason}`);
        await sleep(200);
      }
    }
  }

  async function poll(handler: Handler): Promise<void> {
    while (!stopping.signal.aborted) {
      const free = settings.QUEUE_PREFETCH - inFlight.size;
      if (free === 0) {
        await inFlight.next();
        continue;
      }
      const jobs = await boss.fetch<Stored>(names.work, { batchSize: free, includeMetadata: true }).catch((error) => {
        logger.warn(`queue not reachable: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      });
      for (const job of jobs ?? []) void inFlight.track(deliver(handler, job));
      // Fewer than asked for means that the queue is empty for now.
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
    await tracer.startActiveSpan(
      `process ${names.work}`,
      { kind: SpanKind.CONSUMER, attributes: spanAttributes('process', job.id) },
      parent,
      async (span) => {
        try {
          await handler({ id: job.id, body: job.data.body, attempt });
          await untraced(() => boss.complete(names.work, job.id));
          deliveries.inc({ outcome: 'done' });
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          const final = attempt > settings.QUEUE_RETRY_LIMIT;
          span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
          logger.warn(`message not handled: ${reason}`, { messageID: job.id, attempt, final });
          // Not even failing it worked: it is delivered again when its time is over.
          await untraced(() => boss.fail(names.work, job.id, { error: reason })).catch(() => {});
          deliveries.inc({ outcome: final ? 'dead_lettered' : 'retried' });
        } finally {
          span.end();
        }
      },
    );
  }

  return {
    transport: 'postgres',
    async publish(message) {
      await tracer.startActiveSpan(
        `send ${names.work}`,
        { kind: SpanKind.PRODUCER, attributes: spanAttributes('send', message.id) },
        async (span) => {
          try {
            const headers: Record<string, string> = {};
            propagation.inject(context.active(), headers);
            // Without pg-boss' own SQL: 3 kB of text in each trace, about no table of ours.
            await untraced(() => send(message, { body: message.body, headers }));
            published.inc({ outcome: 'confirmed' });
          } catch (error) {
            published.inc({ outcome: 'failed' });
            span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
            throw error;
          } finally {
            span.end();
          }
        },
      );
    },
    async consume(handler) {
      polling = untraced(() => poll(handler));
    },
    async depth() {
      const [work, dead] = await untraced(() =>
        Promise.all([boss.getQueueStats(names.work), boss.getQueueStats(names.dead)]),
      );
      return { waiting: Number(work.queuedCount), deadLettered: Number(dead.queuedCount) };
    },
    async check() {
      // pg-boss answers with nothing once it is stopped.
      const result: unknown = await untraced(() => boss.getDb().executeSql('select 1', []));
      if (result === undefined) throw new Error('the queue is closed');
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await polling;
      await inFlight.idle();
      await boss.stop({ graceful: false, close: true });
    },
  };
}

/** Housekeeping of the queue is no part of anybody's action. */
function untraced<T>(work: () => Promise<T>): Promise<T> {
  return context.with(suppressTracing(context.active()), work);
}
