import { context, trace } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';
import { withKind } from '../telemetry/baggage.ts';
import { createTracedHistogram, METRIC_NAMES, REQUEST_TIME_BUCKETS_MS } from '../telemetry/metrics.ts';
import type { Telemetry } from '../telemetry/start.ts';
import { findKind } from '../vocabulary.ts';

/** The label value for requests about no known kind. Their paths come from outside, and could be endless. */
const NO_KIND = 'none';
const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Makes each API request visible, once and in the same way: its kind on all spans within, its duration in
 * `mythical_request_times` with an exemplar, and one log line.
 *
 * @param kindOf the kind that a request is about, as its path says
 */
export function requestObserver(
  { identity, logger, metrics }: Telemetry,
  kindOf: (request: Request) => string,
): RequestHandler {
  const { vocabulary } = identity;
  const requestTimes = createTracedHistogram(metrics, {
    name: METRIC_NAMES.requestTimes,
    help: 'Time from the first byte of a request to the last byte of its answer, in ms',
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
      // A client that went away before the answer is no success; 499 is nginx' code for it, and widely understood.
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
