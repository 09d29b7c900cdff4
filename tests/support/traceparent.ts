import { randomBytes } from 'node:crypto';

/** A test's own sampled trace, so that it knows what to look for: https://www.w3.org/TR/trace-context/#traceparent-header. */
export function traceparent(): { traceId: string; header: string } {
  const traceId = randomBytes(16).toString('hex');
  return { traceId, header: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
}
