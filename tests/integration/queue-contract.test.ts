import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '@mythical/common/config';
import { openQueue } from '@mythical/common/queue/open';
import { type Delivery, type Queue, queueNames } from '@mythical/common/queue/queue';
import { recorderSettings } from '@mythical/common/settings';
import { connect } from 'amqplib';
import { startDatabase } from '../support/database.ts';
import { missingRabbitMq, useRabbitMq } from '../support/rabbitmq.ts';
import { postgresEnv } from '../support/sandbox.ts';
import { createTestTelemetry } from '../support/telemetry.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

/** The guarantees of both transports (source/common/queue/queue.ts), on a real RabbitMQ and a real Postgres. */

const foreignBroker = process.env.AMQP_URL;
const noBroker = foreignBroker === undefined && missingRabbitMq();

const database = useStarted(startDatabase);
const rabbitmq = useRabbitMq(foreignBroker !== undefined || noBroker);

type Options = Partial<Record<'QUEUE_NAME' | 'QUEUE_PREFETCH' | 'QUEUE_RETRY_LIMIT' | 'QUEUE_RETRY_DELAY_MS', string>>;

function settingsFor(transport: Queue['transport'], options: Options) {
  return loadConfig(recorderSettings, {
    ...postgresEnv(database.url),
    AMQP_URL: foreignBroker ?? (noBroker ? undefined : rabbitmq.url),
    QUEUE_TRANSPORT: transport,
    QUEUE_NAME: `test-${randomUUID()}`,
    QUEUE_RETRY_DELAY_MS: '200',
    ...options,
  });
}

async function open(transport: Queue['transport'], options: Options = {}) {
  const telemetry = createTestTelemetry();
  const settings = settingsFor(transport, options);
  return { queue: await openQueue(settings, telemetry), settings, telemetry };
}

function message(text: string) {
  return { id: randomUUID(), body: { text } };
}

for (const transport of ['postgres', 'amqp'] as const) {
  describe(`the queue on ${transport}`, { skip: transport === 'amqp' && noBroker }, () => {
    test('delivers a message once, as it was published', async () => {
      const { queue } = await open(transport);
      await using _ = queue;
      const deliveries: Delivery[] = [];
      await queue.consume(async (delivery) => void deliveries.push(delivery));
      const sent = message('ünïcørn 🦄 "quoted"');
      await queue.publish(sent);
      await until(() => deliveries.length > 0);
      await sleep(300);
      assert.deepEqual(deliveries, [{ ...sent, attempt: 1 }]);
    });

    test('keeps messages that are published before there is a consumer', async () => {
      const { queue } = await open(transport);
      await using _ = queue;
      await queue.publish(message('early'));
      const depth = await until(async () => {
        const depth = await queue.depth();
        return depth.waiting === 1 && depth;
      });
      assert.deepEqual(depth, { waiting: 1, deadLettered: 0 });
      const deliveries: Delivery[] = [];
      await queue.consume(async (delivery) => void deliveries.push(delivery));
      await until(() => deliveries.length === 1);
    });

    test('handles at most as many messages at once as it may prefetch', async () => {
      const { queue } = await open(transport, { QUEUE_PREFETCH: '3' });
      await using _ = queue;
      await Promise.all(Array.from({ length: 12 }, (_, index) => queue.publish(message(String(index)))));
      let running = 0;
      let most = 0;
      let done = 0;
      await queue.consume(async () => {
        most = Math.max(most, ++running);
        await sleep(50);
        running--;
        done++;
      });
      await until(() => done === 12);
      assert.equal(most, 3);
    });

    test('redelivers, after a delay, a message that the handler rejected', async () => {
      const { queue, settings } = await open(transport);
      await using _ = queue;
      const attempts: { attempt: number; at: number }[] = [];
      await queue.consume(async ({ attempt }) => {
        attempts.push({ attempt, at: Date.now() });
        if (attempt < 3) throw new Error('not yet');
      });
      await queue.publish(message('stubborn'));
      await until(() => attempts.length === 3);
      assert.deepEqual(
        attempts.map(({ attempt }) => attempt),
        [1, 2, 3],
      );
      assert.ok(attempts[1]!.at - attempts[0]!.at >= settings.QUEUE_RETRY_DELAY_MS - 20);
      await until(async () => (await queue.depth()).waiting === 0);
    });

    test('moves a message to the dead-letter queue after its last retry, and logs it', async () => {
      const { queue, telemetry } = await open(transport, { QUEUE_RETRY_LIMIT: '2' });
      await using _ = queue;
      let attempts = 0;
      await queue.consume(async () => {
        attempts++;
        throw new Error('never');
      });
      await queue.publish(message('doomed'));
      await until(async () => (await queue.depth()).deadLettered === 1);
      assert.equal(attempts, 3);
      assert.deepEqual(await queue.depth(), { waiting: 0, deadLettered: 1 });
      const said = telemetry.lines.filter((line) => line.message === 'message not handled: never');
      assert.deepEqual(
        said.map(({ fields }) => fields.final),
        [false, false, true],
      );
      assert.match(
        await telemetry.metrics.registry.metrics(),
        /mythical_queue_deliveries_total\{outcome="dead_lettered"\} 1/,
      );
    });

    test('waits for the running handler when it is closed, and accepts nothing more', async () => {
      const { queue, settings } = await open(transport, { QUEUE_PREFETCH: '1' });
      const started: string[] = [];
      const finished: string[] = [];
      await queue.consume(async ({ body }) => {
        started.push(String(body.text));
        await sleep(400);
        finished.push(String(body.text));
      });
      await queue.publish(message('first'));
      await queue.publish(message('second'));
      await until(() => started.length === 1);
      await queue[Symbol.asyncDispose]();
      assert.deepEqual(finished, ['first']);
      assert.deepEqual(started, ['first']);

      await using again = await openQueue(settings, createTestTelemetry());
      const rest: string[] = [];
      await again.consume(async ({ body }) => void rest.push(String(body.text)));
      await until(() => rest.length === 1);
      await sleep(300);
      assert.deepEqual(rest, ['second']);
    });

    test('is ready only while it is connected', async () => {
      const { queue } = await open(transport);
      await queue.check();
      await queue[Symbol.asyncDispose]();
      await assert.rejects(queue.check());
    });
  });
}

describe('the queue on amqp, beyond the contract', { skip: noBroker }, () => {
  test('immediately dead-letters anything that is not a JSON object', async () => {
    const { queue, settings } = await open('amqp');
    await using _ = queue;
    let handled = 0;
    await queue.consume(async () => void handled++);
    const connection = await connect(settings.AMQP_URL!);
    const channel = await connection.createConfirmChannel();
    for (const text of ['{"half', '"a string"', '[1]']) {
      channel.sendToQueue(queueNames(settings).work, Buffer.from(text));
    }
    await channel.waitForConfirms();
    await connection.close();
    await until(async () => (await queue.depth()).deadLettered === 3);
    assert.equal(handled, 0);
  });

  test('refuses to start if the queue was declared with other arguments, and reports why', async () => {
    const { queue, settings } = await open('amqp');
    await using _ = queue;
    await assert.rejects(openQueue({ ...settings, QUEUE_RETRY_DELAY_MS: 5_000 }, createTestTelemetry()), {
      name: 'UserError',
      message: /^the broker refuses the queue .*PRECONDITION_FAILED.*x-message-ttl/,
    });
  });

  test('uses the parts of the address literally, without URL encoding', async () => {
    const { queue: first, settings } = await open('amqp');
    await using _ = first;
    const { hostname, port, username, password } = new URL(settings.AMQP_URL!);
    const parts = {
      AMQP_URL: undefined,
      QUEUE_HOST: hostname,
      QUEUE_PORT: Number(port),
      QUEUE_USER: username,
      QUEUE_PASSWORD: decodeURIComponent(password),
    };
    await using queue = await openQueue({ ...settings, ...parts }, createTestTelemetry());
    await queue.check();
  });

  test('refuses to start with a wrong password, and reports why', async () => {
    const { queue, settings } = await open('amqp');
    await using _ = queue;
    const url = new URL(settings.AMQP_URL!);
    url.password = 'wrong';
    await assert.rejects(openQueue({ ...settings, AMQP_URL: url.href }, createTestTelemetry()), {
      name: 'UserError',
      message: /^the broker refused the connection: .*ACCESS_REFUSED/,
    });
  });

  test('continues automatically after the broker is stopped and started again', {
    skip: foreignBroker !== undefined && 'the broker of AMQP_URL is not ours to stop',
  }, async () => {
    const { queue } = await open('amqp');
    await using _ = queue;
    const texts: string[] = [];
    await queue.consume(async ({ body }) => void texts.push(String(body.text)));
    await queue.publish(message('before'));
    await until(() => texts.includes('before'));
    await rabbitmq.stop();
    await until(() =>
      queue.check().then(
        () => false,
        () => true,
      ),
    );
    // A publish waits ten seconds for the broker, which may take longer to start on a busy machine.
    const waiting = until(() => queue.publish(message('during')).then(() => true));
    await Promise.all([rabbitmq.start(), waiting]);
    await queue.publish(message('after'));
    await until(() => texts.includes('during') && texts.includes('after'));
  });
});
