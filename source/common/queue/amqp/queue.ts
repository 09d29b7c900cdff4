import type { QueueSettings } from '../../settings.ts';
import type { Telemetry } from '../../telemetry/start.ts';
import { createPublishCounter } from '../metrics.ts';
import { type Queue, queueNames } from '../queue.ts';
import { type Channels, connectToBroker } from './connection.ts';
import { type Consumer, createConsumer } from './consumer.ts';
import { createPublisher } from './publisher.ts';

/**
 * The queue on RabbitMQ. The amqplib instrumentation propagates the trace context in message headers; a consumer span
 * ends with the acknowledgement.
 */
export async function openAmqpQueue(settings: QueueSettings, telemetry: Telemetry): Promise<Queue> {
  const names = queueNames(settings);
  const published = createPublishCounter(telemetry.metrics);
  let consumer: Consumer | undefined;

  const connection = await connectToBroker(settings, telemetry, async (channels) => {
    await consumer?.start(channels.consumer);
  });
  const send = createPublisher(connection.nextChannels);

  function connected(): Channels {
    const channels = connection.channels();
    if (channels === undefined) throw new Error('not connected to the broker');
    return channels;
  }

  return {
    transport: 'amqp',
    async publish({ id, body }) {
      try {
        await send(names.work, Buffer.from(JSON.stringify(body)), {
          messageId: id,
          contentType: 'application/json',
          persistent: true,
          timestamp: Math.floor(Date.now() / 1000),
        });
        published.inc({ outcome: 'confirmed' });
      } catch (error) {
        published.inc({ outcome: 'failed' });
        throw error;
      }
    },
    async consume(handler) {
      consumer = createConsumer(settings, telemetry, send, handler);
      const channels = connection.channels();
      if (channels !== undefined) await consumer.start(channels.consumer);
    },
    async depth() {
      const { publisher } = connected();
      const [work, retry, dead] = await Promise.all(
        [names.work, names.retry, names.dead].map((queue) => publisher.checkQueue(queue)),
      );
      return { waiting: work!.messageCount + retry!.messageCount, deadLettered: dead!.messageCount };
    },
    async check() {
      connected();
    },
    async [Symbol.asyncDispose]() {
      await consumer?.stop(connection.channels()?.consumer);
      await connection.close();
    },
  };
}
