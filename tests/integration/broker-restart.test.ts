import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { loadConfig } from '@mythical/common/config';
import { connectDatabase } from '@mythical/common/database';
import { openQueue } from '@mythical/common/queue/open';
import { PublishError, type Queue } from '@mythical/common/queue/queue';
import { recorderSettings } from '@mythical/common/settings';
import { createMessageHandler } from '../../source/recorder/message-handler.ts';
import { createRecordRepository } from '../../source/recorder/record-repository.ts';
import { startDatabase } from '../support/database.ts';
import { missingRabbitMq, useRabbitMq } from '../support/rabbitmq.ts';
import { postgresEnv } from '../support/sandbox.ts';
import { createTestTelemetry } from '../support/telemetry.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

// `npm run test:sizes` sends 10,000.
const MESSAGES = Number(process.env.BROKER_MESSAGES || 3_000);
const PUBLISHERS = 100;

describe(`RabbitMQ restarted in the middle of ${MESSAGES} messages`, { skip: missingRabbitMq() }, () => {
  const postgres = useStarted(startDatabase);
  const rabbitmq = useRabbitMq();

  test('every confirmed message is recorded, and none takes effect twice', { timeout: 120_000 }, async () => {
    await using resources = new AsyncDisposableStack();
    const settings = loadConfig(recorderSettings, {
      ...postgresEnv(postgres.url),
      AMQP_URL: rabbitmq.url,
      QUEUE_PREFETCH: '100',
      QUEUE_RETRY_DELAY_MS: '200',
    });
    const telemetry = createTestTelemetry();
    const database = resources.use(await connectDatabase(settings, telemetry));
    const records = createRecordRepository(database);
    await records.create();

    const consumer = resources.use(await openQueue(settings, telemetry));
    let deliveries = 0;
    let newRecords = 0;
    const counted = {
      async add(record: Parameters<typeof records.add>[0]) {
        deliveries++;
        const isNew = await records.add(record);
        if (isNew) newRecords++;
        return isNew;
      },
    };
    await consumer.consume(createMessageHandler(counted, telemetry, { workTime: () => 0 }));

    const publisher = resources.use(await openQueue(settings, createTestTelemetry()));
    const confirmed: string[] = [];
    let published = 0;
    async function publish(): Promise<void> {
      while (published < MESSAGES) {
        published++;
        const id = randomUUID();
        // If the broker is down for long, a publish fails; the same message is then sent again, with the same ID.
        while (!(await isPublished(publisher, id))) if (resources.disposed) return;
        confirmed.push(id);
      }
    }
    const publishing = Promise.all(Array.from({ length: PUBLISHERS }, publish));
    await until(() => confirmed.length > MESSAGES / 3, { intervalMs: 5 });
    const confirmedBefore = confirmed.length;
    await rabbitmq.stop();
    await rabbitmq.start();
    await publishing;
    assert.ok(confirmedBefore < MESSAGES, 'the restart was in the middle');
    assert.equal(confirmed.length, MESSAGES);

    await until(async () => (await consumer.depth()).waiting === 0);
    await until(() => newRecords >= MESSAGES, {
      timeoutMs: 30_000,
      what: () => `${newRecords} of ${MESSAGES} records`,
    });
    const { rows } = await database.query<{ message_id: string }>('select message_id from records');
    const recorded = new Set(rows.map((row) => row.message_id));
    assert.equal(rows.length, MESSAGES);
    assert.deepEqual(
      confirmed.filter((id) => !recorded.has(id)),
      [],
    );
    assert.equal(newRecords, MESSAGES, 'each counted once');
    const text = await telemetry.metrics.registry.metrics();
    assert.match(text, new RegExp(`mythical_messages_recorded_total\\{beast="owlbear"\\} ${MESSAGES}\\b`));
    assert.equal((await consumer.depth()).deadLettered, 0);
    console.log(
      `restarted after ${confirmedBefore} of ${MESSAGES} confirms; ${deliveries} deliveries made ${newRecords} records`,
    );
  });
});

async function isPublished(publisher: Queue, id: string): Promise<boolean> {
  try {
    await publisher.publish({ id, body: { kind: 'owlbear', action: 'POST' } });
    return true;
  } catch (error) {
    if (error instanceof PublishError) return false;
    throw error;
  }
}
