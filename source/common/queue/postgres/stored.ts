import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Message } from '../queue.ts';

/** A job's data: the message, with its trace context and baggage. */
export type Stored = { body: Message['body']; headers: Record<string, string> };

/** https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export const spanAttributes = (queue: string, operation: 'send' | 'process', id: string) => ({
  'messaging.system': 'pg-boss',
  'messaging.destination.name': queue,
  'messaging.operation.type': operation,
  'messaging.operation.name': operation,
  'messaging.message.id': id,
});

/** Keeps pg-boss's own SQL, 3 kB per statement, out of the traces. */
export function untraced<T>(work: () => Promise<T>): Promise<T> {
  return context.with(suppressTracing(context.active()), work);
}
