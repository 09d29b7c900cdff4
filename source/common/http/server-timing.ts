import { trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';

/**
 * Tells the client which trace its request belongs to, also where it sent no trace context:
 * `Server-Timing: traceparent;desc="00-<trace id>-<span id>-01"`, with the span of this server.
 *
 * `Server-Timing` is what browser instrumentations read (Faro's among them), because a page sees it without asking; the
 * W3C's `traceresponse` is a draft that none of them knows.
 */
export const tellTrace: RequestHandler = (_request, response, next) => {
  const span = trace.getActiveSpan()?.spanContext();
  if (span !== undefined) {
    const flags = span.traceFlags.toString(16).padStart(2, '0');
    response.set('Server-Timing', `traceparent;desc="00-${span.traceId}-${span.spanId}-${flags}"`);
  }
  next();
};
