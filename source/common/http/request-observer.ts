import { context, trace } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';
import { withKind } from '../telemetry/baggage.ts';
import { createTracedHistogram, METRIC_NAMES, REQUEST_TIME_BUCKETS_MS } from '../telemetry/metrics.ts';
import type { Telemetry } from '../telemetry/start.ts';
import { findKind } from '../vocabulary.ts';

/** The label value for unknown kinds, which come from arbitrary paths and are unbounded. */
const NO_KIND = 'none';
const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Observes each API request: the kind as an attribute of all its spans, its duration in `mythical_request_times` with
 * an exemplar, and one log line.
 *
 * @param kindOf the kind in the request's path
 */
export function requestObserver(
  { identity, logger, metrics }: Telemetry,
  kindOf: (request: Request) => string,
): RequestHandler {
  const { vocabulary } = identity;
  const requestTimes = createTracedHistogram(metrics, {
    name: METRIC_NAMES.requestTimes,
    help: 'Duration of requests, from first byte received to last byte sent, in ms',
    labelNames: ['method', 'status', vocabulary.tag as string],
    buckets: REQUEST_TIME_BUCKETS_MS,
  });

  return (request, response, next) => {
    const start = performance.now();
    const known = findKind(vocabulary, kindOf(request))?.name;
    const requestContext = known === undefined ? context.active() : withKind(vocabulary, known);
    const span = trace.getSpan(requestContext);
    if (known !== undefined) span?.setAttribute(vocabulary.tag, known);

    response.once('close', () => {
      const duration = performance.now() - start;
      const method = KNOWN_METHODS.includes(request.method) ? request.method : 'other';
      // The client disconnected before the response: nginx's status 499.
      const status = response.writableFinished ? response.statusCode : 499;
      requestTimes.observe(
        { method, status: String(status), [vocabulary.tag]: known ?? NO_KIND },
        duration,
        span?.spanContext(),
      );
      context.with(requestContext, () => {
        logger[status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info'](
          `${method} ${known ?? request.path.slice(0, 100)}`,
          {
            'http.method': method,
            endpoint: known ?? NO_KIND,
            status,
            duration: Math.round(duration * 100) / 100,
          },
        );
      });
    });
    context.with(requestContext, next);
  };
}
