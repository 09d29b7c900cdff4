import { SERIES, SERVER_SPANS } from './signals.ts';

/**
 * Rate, errors and duration of requests from two sources. The server's own histogram has the kind (`$word` is the label's
 * name, `$kind` the selected value); the metrics that Tempo generates from spans also have the version. The counts of both
 * agree.
 */

/** Selected kinds only. For dashboards with the variables `$word` and `$kind`. */
const CHOSEN = '$word=~"$kind"';

export const OWN = {
  rate: (by: string) => `sum by (${by}) (rate(${SERIES.requestCount}{${CHOSEN}}[$__rate_interval]))`,
  // `or 0 * …`: without failures there is no series, and a graph at zero is clearer than an empty one.
  errorRatio: (by: string) =>
    `(sum by (${by}) (rate(${SERIES.requestCount}{${CHOSEN}, status=~"5.."}[$__rate_interval])) or 0 * ${OWN.rate(by)}) / ${OWN.rate(by)}`,
  /** Milliseconds. */
  quantile: (q: number, by?: string) =>
    `histogram_quantile(${q}, sum by (${['le', by].filter(Boolean).join(', ')}) (rate(${SERIES.requestBuckets}{${CHOSEN}}[$__rate_interval])))`,
};

/** All requests of the server, of every kind. */
export const ALL = {
  rate: `sum(rate(${SERIES.requestCount}[$__rate_interval]))`,
  errorRatio: `(sum(rate(${SERIES.requestCount}{status=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(${SERIES.requestCount}[$__rate_interval]))`,
  quantile: (q: number) => `histogram_quantile(${q}, sum by (le) (rate(${SERIES.requestBuckets}[$__rate_interval])))`,
};

const CALLS = 'traces_spanmetrics_calls_total';

/** From the server's spans. `window` is the range of each rate. */
export const SPANS = {
  rate: (by: string, window = '$__rate_interval') => `sum by (${by}) (rate(${CALLS}{${SERVER_SPANS}}[${window}]))`,
  errorRate: (by: string, window = '$__rate_interval') =>
    `sum by (${by}) (rate(${CALLS}{${SERVER_SPANS}, status_code="STATUS_CODE_ERROR"}[${window}]))`,
  errorRatio: (by: string, window = '$__rate_interval') =>
    `(${SPANS.errorRate(by, window)} or 0 * ${SPANS.rate(by, window)}) / ${SPANS.rate(by, window)}`,
  /** In seconds, from classic buckets, which have exemplars. */
  quantile: (q: number, by: string, window = '$__rate_interval') =>
    `histogram_quantile(${q}, sum by (le, ${by}) (rate(traces_spanmetrics_latency_bucket{${SERVER_SPANS}}[${window}])))`,
  /** In seconds, from the native histogram: one series instead of fifteen, and every quantile accurate to a few percent. */
  nativeQuantile: (q: number, by: string) =>
    `histogram_quantile(${q}, sum by (${by}) (rate(traces_spanmetrics_latency{${SERVER_SPANS}}[$__rate_interval])))`,
};

/**
 * How long a message waits in the queue, in seconds, by Little's law: messages waiting, divided by messages consumed per second.
 */
export const WAIT_IN_QUEUE = `sum(${SERIES.queueDepth}{state="waiting"}) / sum(rate(${SERIES.recorded}[$__rate_interval]))`;
