import type { Channel, ConsumeMessage } from 'amqplib';
import { messageOf } from '../../error-message.ts';
import type { QueueSettings } from '../../settings.ts';
import type { Telemetry } from '../../telemetry/start.ts';
import { createInFlight } from '../in-flight.ts';
import { createDeliveryCounter } from '../metrics.ts';
import { type Delivery, type Handler, queueNames } from '../queue.ts';
import { bestEffort } from './deadline.ts';
import type { Send } from './publisher.ts';

export type Consumer = {
  /** Starts deliveries on a channel; called again after each reconnect. */
  start(channel: Channel): Promise<void>;
  /** Stops deliveries on the channel and waits for running handlers. */
  stop(channel: Channel | undefined): Promise<void>;
};

export function createConsumer(
  settings: QueueSettings,
  { logger, metrics }: Telemetry,
  send: Send,
  handler: Handler,
): Consumer {
  const names = queueNames(settings);
  const deliveries = createDeliveryCounter(metrics);
  const inFlight = createInFlight();
  const tags = new WeakMap<Channel, string>();

  async function deliver(channel: Channel, message: ConsumeMessage): Promise<void> {
    const delivery = parseDelivery(message, names.work);
    const attempt = delivery?.attempt ?? 1;
    try {
      if (delivery === undefined) throw new Error('the message is not JSON, or has no id');
      await handler(delivery);
      settle(() => channel.ack(message));
      deliveries.inc({ outcome: 'done' });
    } catch (error) {
      const reason = messageOf(error);
      const final = delivery === undefined || attempt > settings.QUEUE_RETRY_LIMIT;
      logger.warn(`message not handled: ${reason}`, { messageID: message.properties.messageId, attempt, final });
      if (final) {
        await deadLetter(channel, message, reason);
      } else {
        settle(() => channel.nack(message, false, false));
        deliveries.inc({ outcome: 'retried' });
      }
    }
  }

  /** Publishes before acknowledging: a failure in between leaves two copies, never none. */
  async function deadLetter(channel: Channel, message: ConsumeMessage, reason: string): Promise<void> {
    const { headers, ...properties } = message.properties;
    try {
      await send(names.dead, message.content, {
        ...properties,
        headers: { ...headers, 'x-error': reason.slice(0, 500) },
      });
      settle(() => channel.ack(message));
      deliveries.inc({ outcome: 'dead_lettered' });
    } catch {
      settle(() => channel.nack(message, false, true));
    }
  }

  /** If the channel is gone, the broker redelivers the message. */
  function settle(action: () => void): void {
    try {
      action();
    } catch (error) {
      logger.debug(`delivery not settled: ${messageOf(error)}`);
    }
  }

  return {
    async start(channel) {
      const { consumerTag } = await channel.consume(names.work, (message) => {
        if (message !== null) void inFlight.track(deliver(channel, message));
      });
      tags.set(channel, consumerTag);
    },
    async stop(channel) {
      const tag = channel && tags.get(channel);
      if (tag !== undefined) await bestEffort(channel!.cancel(tag));
      await inFlight.idle();
    },
  };
}

/** @returns undefined if the body is malformed or there is no id, which a retry can't fix */
export function parseDelivery(message: ConsumeMessage, workQueue: string): Delivery | undefined {
  try {
    const body: unknown = JSON.parse(message.content.toString());
    const id: unknown = message.properties.messageId;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    if (typeof id !== 'string' || id === '') return undefined;
    return {
      id,
      body: body as Record<string, unknown>,
      attempt: rejections(message, workQueue) + 1,
    };
  } catch {
    return undefined;
  }
}

/** The number of earlier rejections, from the broker's `x-death` header. */
function rejections(message: ConsumeMessage, workQueue: string): number {
  const deaths = message.properties.headers?.['x-death'] as
    | { queue: string; reason: string; count: number }[]
    | undefined;
  return Number(deaths?.find((death) => death.queue === workQueue && death.reason === 'rejected')?.count ?? 0);
}
