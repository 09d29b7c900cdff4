import { randomId } from './otlp.ts';

/** A test's own sampled trace, so that it knows what to look for: https://www.w3.org/TR/trace-context/#traceparent-header. */
export function traceparent(): { traceId: string; header: string } {
  const traceId = randomId(16);
  return { traceId, header: `00-${traceId}-${randomId(8)}-01` };
}
