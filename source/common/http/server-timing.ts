import { trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';

/**
 * Tells the client its trace id, even if it sent no trace context:
 * `Server-Timing: traceparent;desc="00-<trace id>-<span id>-01"`, with this server's span.
 *
 * Browser instrumentation such as Faro reads `Server-Timing`; none reads the W3C's draft of `traceresponse`.
 */
export const serverTiming: RequestHandler = (_request, response, next) => {
  const span = trace.getActiveSpan()?.spanContext();
  if (span !== undefined) {
    const flags = span.traceFlags.toString(16).padStart(2, '0');
    response.set('Server-Timing', `traceparent;desc="00-${span.traceId}-${span.spanId}-${flags}"`);
  }
  next();
};
