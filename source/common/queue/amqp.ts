import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type Options,
} from 'amqplib';
import { Trouble } from '../lifecycle.ts';
import type { QueueSettings } from '../settings.ts';
import type { Telemetry } from '../telemetry/start.ts';
import { createInFlight } from './in-flight.ts';
import { createDeliveryCounter, createPublishCounter } from './metrics.ts';
import { type Delivery, type Handler, PUBLISH_TIMEOUT_MS, PublishError, type Queue, queueNames } from './queue.ts';

/** How long a step of disconnecting may take, in ms. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * The queue on RabbitMQ. Three quorum queues: work; retry, where a rejected message waits until its time to live ends
 * and the broker moves it back; and dead. The broker itself moves messages between work and retry, at least once
 * (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering), so none is lost between two steps of ours.
 *
 * Trace context is put into and read from the headers by the amqplib instrumentation, whose span of a delivery ends
 * with its acknowledgement.
 */
export async function openAmqpQueue(settings: QueueSettings, telemetry: Telemetry): Promise<Queue> {
  const { logger, metrics } = telemetry;
  const names = queueNames(settings);
  const published = createPublishCounter(metrics);
  const deliveries = createDeliveryCounter(metrics);
  const inFlight = createInFlight();

  /** The channels of the present connection, or a promise of the next one's. */
  type Channels = { publisher: ConfirmChannel; consumer: Channel };
  let channels = Promise.withResolvers<Channels>();
  let current: Channels | undefined;
  /** Rejects when the broker's answer will be the same next time; that matters only until the first connection. */
  const refused = Promise.withResolvers<never>();
  refused.promise.catch(() => {});
  let handler: Handler | undefined;
  let consumerTag: string | undefined;

  const connection = await connect(brokerOf(settings), {
    clientProperties: { connection_name: telemetry.identity.serviceName },
    recovery: { initialDelay: 200, maxDelay: 5_000, waitForConnect: false, setup: openChannels },
  });
  connection.on('disconnect', (error) => {
    if (current !== undefined) channels = Promise.withResolvers<Channels>();
    current = undefined;
    consumerTag = undefined;
    logger.warn(`queue connection lost: ${error?.message ?? 'closed'}`);
  });
  connection.on('connect-failed', (error) => {
    if (error.message.includes('ACCESS_REFUSED'))
      refused.reject(new Trouble(`the broker refuses us: ${error.message}`));
    logger.warn(`queue not reachable: ${error.message}`);
  });
  connection.on('error', () => {}); // Said by `disconnect` as well.
  try {
    await Promise.race([connection.waitForConnect(), refused.promise]);
  } catch (error) {
    await inTime(connection.close());
    throw error;
  }

  /** Runs after every connect: channels don't survive the connection that they were made on. */
  async function openChannels(model: ChannelModel): Promise<void> {
    const publisher = await model.createConfirmChannel();
    const consumer = await model.createChannel();
    // A channel that the broker closes (say, a queue is being moved) takes the connection with it, so that both are
    // made anew; without a listener it would end the process.
    for (const channel of [publisher, consumer]) {
      channel.on('error', (error) => {
        logger.warn(`queue channel closed by the broker: ${error.message}`);
        model.close().catch(() => {});
      });
    }
    await declareTopology(publisher, settings).catch((error: Error) => {
      if (error.message.includes('PRECONDITION_FAILED')) {
        refused.reject(new Trouble(`the broker refuses the queue ${names.work}: ${error.message}`));
      }
      throw error;
    });
    await consumer.prefetch(settings.QUEUE_PREFETCH);
    current = { publisher, consumer };
    channels.resolve(current);
    if (handler !== undefined) await startDeliveries(consumer);
  }

  async function startDeliveries(consumer: Channel): Promise<void> {
    const reply = await consumer.consume(names.work, (message) => {
      if (message !== null) void inFlight.track(deliver(consumer, message));
    });
    consumerTag = reply.consumerTag;
  }

  async function deliver(consumer: Channel, message: ConsumeMessage): Promise<void> {
    const delivery = parseDelivery(message, names.work);
    const attempt = delivery?.attempt ?? 1;
    try {
      if (delivery === undefined) throw new Error('the message is not JSON');
      await handler!(delivery);
      settle(() => consumer.ack(message));
      deliveries.inc({ outcome: 'done' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const final = delivery === undefined || attempt > settings.QUEUE_RETRY_LIMIT;
      logger.warn(`message not handled: ${reason}`, { messageID: message.properties.messageId, attempt, final });
      if (final) {
        await deadLetter(consumer, message, reason);
      } else {
        settle(() => consumer.nack(message, false, false));
        deliveries.inc({ outcome: 'retried' });
      }
    }
  }

  /** Publish first, acknowledge then: a failure in between leaves two copies, never none. */
  async function deadLetter(consumer: Channel, message: ConsumeMessage, reason: string): Promise<void> {
    const { headers, ...properties } = message.properties;
    try {
      await send(names.dead, message.content, {
        ...properties,
        headers: { ...headers, 'x-error': reason.slice(0, 500) },
      });
      settle(() => consumer.ack(message));
      deliveries.inc({ outcome: 'dead_lettered' });
    } catch {
      settle(() => consumer.nack(message, false, true));
    }
  }

  /** On a channel that is gone, the broker delivers again on its own: nothing to settle. */
  function settle(action: () => void): void {
    try {
      action();
    } catch (error) {
      logger.debug(`delivery not settled: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Resolves with the broker's confirm. A connection that breaks meanwhile means: send again on the next one. */
  async function send(queue: string, content: Buffer, properties: object): Promise<void> {
    const deadline = Date.now() + PUBLISH_TIMEOUT_MS;
    let lastError = 'no connection';
    while (Date.now() < deadline) {
      const present = await withDeadline(channels.promise, deadline);
      if (present === undefined) break;
      const result = await withDeadline(confirmedSend(present.publisher, queue, content, properties), deadline);
      if (result === 'confirmed') return;
      lastError = result ?? 'no confirm from the broker in time';
      await sleep(50);
    }
    throw new PublishError(`not published within ${PUBLISH_TIMEOUT_MS} ms: ${lastError}`);
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
    async consume(newHandler) {
      handler = newHandler;
      if (current !== undefined) await startDeliveries(current.consumer);
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
      const closing = current;
      if (closing !== undefined && consumerTag !== undefined) await inTime(closing.consumer.cancel(consumerTag));
      await inFlight.idle();
      current = undefined;
      // Acknowledgements are sent without an answer: closing the channel waits until the broker has them.
      if (closing !== undefined) await inTime(closing.consumer.close());
      await inTime(connection.close());
    },
  };

  function connected(): Channels {
    if (current === undefined) throw new Error('not connected to the broker');
    return current;
  }
}

/** Not as a URL, in which some characters of a password mean something else. */
function brokerOf(settings: QueueSettings): string | Options.Connect {
  const { AMQP_URL, QUEUE_HOST = 'localhost', QUEUE_PORT, QUEUE_USER, QUEUE_PASSWORD } = settings;
  return AMQP_URL ?? { hostname: QUEUE_HOST, port: QUEUE_PORT, username: QUEUE_USER, password: QUEUE_PASSWORD };
}

async function declareTopology(channel: Channel, settings: QueueSettings): Promise<void> {
  const names = queueNames(settings);
  const quorum = { 'x-queue-type': 'quorum' };
  const atLeastOnce = {
    'x-dead-letter-strategy': 'at-least-once',
    // At-least-once dead-lettering needs it: a full queue refuses a message instead of dropping one.
    'x-overflow': 'reject-publish',
    'x-dead-letter-exchange': '',
  };
  await channel.assertQueue(names.dead, { durable: true, arguments: quorum });
  await channel.assertQueue(names.retry, {
    durable: true,
    arguments: {
      ...quorum,
      ...atLeastOnce,
      'x-dead-letter-routing-key': names.work,
      'x-message-ttl': settings.QUEUE_RETRY_DELAY_MS,
    },
  });
  await channel.assertQueue(names.work, {
    durable: true,
    arguments: { ...quorum, ...atLeastOnce, 'x-dead-letter-routing-key': names.retry },
  });
}

/** A broker that is going away may never answer; then its end of the connection does what we asked for. */
async function inTime(request: Promise<unknown>): Promise<void> {
  await withDeadline(
    request.catch(() => {}),
    Date.now() + CLOSE_TIMEOUT_MS,
  );
}

/** Never rejects: a lost channel is an everyday result here, and is told as the reason. */
function confirmedSend(channel: ConfirmChannel, queue: string, content: Buffer, properties: object): Promise<string> {
  return new Promise((resolve) => {
    try {
      channel.sendToQueue(queue, content, properties, (error) => {
        resolve(error ? String(error.message ?? error) : 'confirmed');
      });
    } catch (error) {
      resolve(error instanceof Error ? error.message : String(error));
    }
  });
}

async function withDeadline<T>(promise: Promise<T>, deadline: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = sleep(Math.max(0, deadline - Date.now()), undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** @returns undefined for a message whose body can't be read: it never will be, so a retry makes no sense. */
function parseDelivery(message: ConsumeMessage, workQueue: string): Delivery | undefined {
  try {
    const body: unknown = JSON.parse(message.content.toString());
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    return {
      id: String(message.properties.messageId),
      body: body as Record<string, unknown>,
      attempt: rejections(message, workQueue) + 1,
    };
  } catch {
    return undefined;
  }
}

/** How often the message was rejected before, as the broker counts it in the header `x-death`. */
function rejections(message: ConsumeMessage, workQueue: string): number {
  const deaths = message.properties.headers?.['x-death'] as
    | { queue: string; reason: string; count: number }[]
    | undefined;
  return Number(deaths?.find((death) => death.queue === workQueue && death.reason === 'rejected')?.count ?? 0);
}
