import type { QueueSettings } from '../settings.ts';

/** A message: an id that is the same for all deliveries, and a JSON body. */
export type Message = {
  id: string;
  body: Record<string, unknown>;
};

export type Delivery = Message & {
  /** 1 for the first delivery, 2 for the first retry, … */
  attempt: number;
};

/** Resolving acknowledges the delivery; rejecting retries it after a delay, and finally dead-letters it. */
export type Handler = (delivery: Delivery) => Promise<void>;

export type Depth = {
  /** Waiting for delivery, including retries. */
  waiting: number;
  deadLettered: number;
};

/**
 * A durable queue with at-least-once delivery. Both transports guarantee:
 *
 * - Once `publish` resolves, the message is delivered at least once, even across restarts.
 * - A message that fails `QUEUE_RETRY_LIMIT` retries goes to the dead-letter queue.
 * - The publisher's trace context and baggage are active in the handler.
 * - The connection recovers automatically; publishing waits for it, up to `PUBLISH_TIMEOUT_MS`.
 */
export type Queue = {
  transport: 'amqp' | 'postgres';
  /** @throws {PublishError} if the message wasn't confirmed in time. It may still be delivered. */
  publish(message: Message): Promise<void>;
  /** Starts deliveries, up to `QUEUE_PREFETCH` concurrently. May be called once. */
  consume(handler: Handler): Promise<void>;
  depth(): Promise<Depth>;
  /** For `/readyz`: rejects while the queue is unavailable. */
  check(): Promise<void>;
  /** Stops deliveries, waits for running handlers, then disconnects. */
  [Symbol.asyncDispose](): Promise<void>;
};

export class PublishError extends Error {
  override readonly name = 'PublishError';
}

export const PUBLISH_TIMEOUT_MS = 10_000;

export function queueNames({ QUEUE_NAME }: QueueSettings) {
  return { work: QUEUE_NAME, retry: `${QUEUE_NAME}.retry`, dead: `${QUEUE_NAME}.dead` };
}
