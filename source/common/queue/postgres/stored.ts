import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Message } from '../queue.ts';

/** What is stored as a job's data: the message, and the trace context and baggage that it was published in. */
export type Stored = { body: Message['body']; headers: Record<string, string> };

/** https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export const spanAttributes = (queue: string, operation: 'send' | 'process', id: string) => ({
  'messaging.system': 'pg-boss',
  'messaging.destination.name': queue,
  'messaging.operation.type': operation,
  'messaging.operation.name': operation,
  'messaging.message.id': id,
});

/** Hides pg-boss' own SQL from traces: 3 kB of text in each, about tables that are not the application's. */
export function untraced<T>(work: () => Promise<T>): Promise<T> {
  return context.with(suppressTracing(context.active()), work);
}
