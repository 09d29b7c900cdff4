export const every = '15s';
export const PROGRAMS = 'alloy|otel-collector|mimir|loki|tempo|pyroscope|grafana';

/** How many in a second: of the first of these that has any. */
export const rateOf = (...selectors: string[]) =>
  selectors.map((selector) => `sum(rate(${selector}[$__rate_interval]))`).join(' or ');

/**
 * How many in a second, of all of these together. Not `A or B`, which is A wherever there is an A: Alloy has counters of its
 * own and, for what comes by OTLP, those of the collector. One that has counted nothing yet has no series.
 */
export const sumOf = (...selectors: string[]) =>
  selectors.map((selector) => `(sum(rate(${selector}[$__rate_interval])) or vector(0))`).join(' + ');

/** A counter of the OpenTelemetry Collector. Alloy is made of the same parts, and ends the names of its counters in _total. */
export const otelcol = (name: string) => `{__name__=~"otelcol_${name}(_total)?"}`;

/**
 * What an exporter gave up on, and what it had no room for while others waited. The receiver knows of neither: it has told
 * the sender long before that the data were taken.
 */
export const lostOnTheWay = (signal: string) => [
  otelcol(`exporter_send_failed_${signal}`),
  otelcol(`exporter_enqueue_failed_${signal}`),
];

/** Each backend has its own histogram of requests. These are the ones over HTTP, which come from outside. */
export const BACKENDS = [
  { name: 'mimir', requests: 'cortex_request_duration_seconds' },
  { name: 'loki', requests: 'loki_request_duration_seconds' },
  { name: 'tempo', requests: 'tempo_request_duration_seconds' },
  { name: 'pyroscope', requests: 'pyroscope_request_duration_seconds' },
];
