import type { QueueSettings } from '../settings.ts';

/** A message: an id that stays the same over all deliveries, and a JSON body. */
export type Message = {
  id: string;
  body: Record<string, unknown>;
};

export type Delivery = Message & {
  /** 1 for the first delivery, 2 for the first retry, … */
  attempt: number;
};

/** Resolving acknowledges the delivery; rejecting has it retried after a delay, and dead-lettered in the end. */
export type Handler = (delivery: Delivery) => Promise<void>;

export type Depth = {
  /** Waiting to be delivered, retries included. */
  waiting: number;
  deadLettered: number;
};

/**
 * A durable queue with at-least-once delivery. Both transports promise the same:
 *
 * - `publish` resolves when the message is safe: from then on it is delivered at least once, whatever is restarted.
 * - a message that no handler could take after `QUEUE_RETRY_LIMIT` retries is kept in the dead-letter queue.
 * - trace context and baggage of the publisher are active in the handler.
 * - the connection comes back by itself; what is published meanwhile waits for it, within `PUBLISH_TIMEOUT_MS`.
 */
export type Queue = {
  transport: 'amqp' | 'postgres';
  /** @throws {PublishError} when the message could not be made safe in time. It may be delivered nevertheless. */
  publish(message: Message): Promise<void>;
  /** Starts deliveries, `QUEUE_PREFETCH` at a time. To be called once. */
  consume(handler: Handler): Promise<void>;
  depth(): Promise<Depth>;
  /** For `/readyz`: rejects while messages can't be taken. */
  check(): Promise<void>;
  /** Stops deliveries, waits for the handlers that run, then disconnects. */
  [Symbol.asyncDispose](): Promise<void>;
};

export class PublishError extends Error {
  override readonly name = 'PublishError';
}

export const PUBLISH_TIMEOUT_MS = 10_000;

export function queueNames({ QUEUE_NAME }: QueueSettings) {
  return { work: QUEUE_NAME, retry: `${QUEUE_NAME}.retry`, dead: `${QUEUE_NAME}.dead` };
}
