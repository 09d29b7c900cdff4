export const every = '15s';
export const PROGRAMS = 'alloy|otel-collector|mimir|loki|tempo|pyroscope|grafana';

/** The rate of the first of these metrics that exists. */
export const rateOf = (...selectors: string[]) =>
  selectors.map((selector) => `sum(rate(${selector}[$__rate_interval]))`).join(' or ');

/**
 * The total rate of all these metrics. `A or B` would be wrong, because it returns only A wherever A exists: Alloy has its
 * own counters and, for data that arrives over OTLP, those of the collector. A counter that is still at zero has no series.
 */
export const sumOf = (...selectors: string[]) =>
  selectors.map((selector) => `(sum(rate(${selector}[$__rate_interval])) or vector(0))`).join(' + ');

/** An OpenTelemetry Collector counter. Alloy uses the same components, and ends counter names in _total. */
export const otelcol = (name: string) => `{__name__=~"otelcol_${name}(_total)?"}`;

/**
 * What an exporter gave up on, and what did not fit into its queue. The receiver counts neither: by then it has long
 * accepted the data.
 */
export const lostOnTheWay = (signal: string) => [
  otelcol(`exporter_send_failed_${signal}`),
  otelcol(`exporter_enqueue_failed_${signal}`),
];

/** Each backend has its own request histogram. These select HTTP requests, which come from outside. */
export const BACKENDS = [
  { name: 'mimir', requests: 'cortex_request_duration_seconds' },
  { name: 'loki', requests: 'loki_request_duration_seconds' },
  { name: 'tempo', requests: 'tempo_request_duration_seconds' },
  { name: 'pyroscope', requests: 'pyroscope_request_duration_seconds' },
];
