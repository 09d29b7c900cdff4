import { trace } from '@opentelemetry/api';
import PgBoss from 'pg-boss';
import { connectionOptions, waitForDatabase } from '../../database.ts';
import type { DatabaseSettings, QueueSettings } from '../../settings.ts';
import type { Telemetry } from '../../telemetry/start.ts';
import { type Queue, queueNames } from '../queue.ts';
import { createConsumer } from './consumer.ts';
import { createPublisher } from './publisher.ts';
import { untraced } from './stored.ts';

/** If a consumer dies, its messages are redelivered after this time. */
const DELIVERY_TIMEOUT_SECONDS = 60;
const KEEP_DONE_SECONDS = 600;

/**
 * The queue on Postgres, via pg-boss: the same guarantees as RabbitMQ without another server. pg-boss has no
 * OpenTelemetry instrumentation, so publisher and consumer create the messaging spans.
 */
export async function openPostgresQueue(
  settings: QueueSettings & DatabaseSettings,
  telemetry: Telemetry,
): Promise<Queue> {
  const { identity, logger } = telemetry;
  const names = queueNames(settings);
  const tracer = trace.getTracer('@mythical/common/queue', identity.version);

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
    await waitForDatabase(settings, logger);
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
  const consumer = createConsumer(boss, names.work, tracer, settings, telemetry);

  return {
    transport: 'postgres',
    publish: createPublisher(boss, names.work, tracer, telemetry),
    async consume(handler) {
      consumer.start(handler);
    },
    async depth() {
      const [work, dead] = await untraced(() =>
        Promise.all([boss.getQueueStats(names.work), boss.getQueueStats(names.dead)]),
      );
      return { waiting: Number(work.queuedCount), deadLettered: Number(dead.queuedCount) };
    },
    async check() {
      // After pg-boss has stopped, queries return undefined.
      const result: unknown = await untraced(() => boss.getDb().executeSql('select 1', []));
      if (result === undefined) throw new Error('the queue is closed');
    },
    async [Symbol.asyncDispose]() {
      await consumer.stop();
      await boss.stop({ graceful: false, close: true });
    },
  };
}
