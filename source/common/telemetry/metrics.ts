import { getHeapStatistics } from 'node:v8';
import { type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics in a Prometheus registry, exposed on `/metrics` as OpenMetrics, which supports exemplars. */
export type Metrics = {
  registry: Registry;
  /** Whether `/metrics` has them. If not, it is empty, and a scrape only shows that the service is up. */
  exposed: boolean;
};

export function createMetrics({ exposed = true } = {}): Metrics {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  const metrics = { registry, exposed };
  // prom-client's default metrics have the heap's size, but not its limit.
  createGauge(metrics, {
    name: METRIC_NAMES.heapLimit,
    help: 'V8 heap size limit, in bytes; exceeding it ends the process',
    labelNames: [],
    collect: (gauge) => gauge.set(getHeapStatistics().heap_size_limit),
  });
  return metrics;
}

/**
 * The names of our metrics, for dashboards, alerts and tests. OpenMetrics adds `_total` to counter series, and
 * `_bucket`, `_sum` and `_count` to histogram series.
 */
export const METRIC_NAMES = {
  requestTimes: 'mythical_request_times',
  dangerLevel: 'mythical_danger_level_30s',
  requesterActions: 'mythical_requester_actions',
  messagesRecorded: 'mythical_messages_recorded',
  recordingDelay: 'mythical_recording_delay_seconds',
  messagesPublished: 'mythical_queue_messages_published',
  deliveries: 'mythical_queue_deliveries',
  queueDepth: 'mythical_queue_depth',
  databaseConnections: 'mythical_database_connections',
  scenarioActive: 'mythical_scenario_active',
  logLines: 'mythical_log_lines',
  logLinesWaiting: 'mythical_log_lines_waiting',
  notifications: 'mythical_notifications',
  heapLimit: 'nodejs_heap_size_limit_bytes',
} as const;

/**
 * Upper bounds of `mythical_request_times`, in milliseconds. Most requests take 2 to 5 ms: the buckets there are narrow,
 * so that interpolation gives quantiles within 20 % of the true ones.
 */
export const REQUEST_TIME_BUCKETS_MS = [
  1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 40, 50, 70, 100, 200, 500, 1000, 2000, 4000, 8000, 16000,
];

/** Upper bounds of `mythical_recording_delay_seconds`: from an empty queue to a backlog of half an hour. */
export const RECORDING_DELAY_BUCKETS_S = [0.1, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800];

type ExemplarLabel = 'traceID' | 'spanID';

/** The exemplar labels that Grafana's data source links to traces; undefined for unsampled traces. */
function exemplarOf(span: SpanContext | undefined): { traceID: string; spanID: string } | undefined {
  if (span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { traceID: span.traceId, spanID: span.spanId };
}

/** A histogram with trace exemplars. */
export function createTracedHistogram<L extends string>(
  { registry }: Metrics,
  options: { name: string; help: string; labelNames: readonly L[]; buckets: number[] },
) {
  const histogram = new Histogram<L | ExemplarLabel>({
    ...options,
    labelNames: [...options.labelNames],
    registers: [registry],
    enableExemplars: true,
  });
  return {
    observe(labels: Record<L, string>, value: number, span = trace.getActiveSpan()?.spanContext()): void {
      const exemplarLabels = exemplarOf(span);
      histogram.observe({ labels, value, ...(exemplarLabels && { exemplarLabels }) } as never);
    },
  };
}

/** A counter with trace exemplars. */
export function createTracedCounter<L extends string>(
  { registry }: Metrics,
  options: { name: string; help: string; labelNames: readonly L[] },
) {
  const counter = new Counter<L | ExemplarLabel>({
    ...options,
    labelNames: [...options.labelNames],
    registers: [registry],
    enableExemplars: true,
  });
  return {
    increment(labels: Record<L, string>, span = trace.getActiveSpan()?.spanContext()): void {
      const exemplarLabels = exemplarOf(span);
      counter.inc({ labels, value: 1, ...(exemplarLabels && { exemplarLabels }) } as never);
    },
  };
}

/** Returns the counter of this name, creating it on first use. */
export function createCounter<L extends string>(
  { registry }: Metrics,
  options: { name: string; help: string; labelNames: readonly L[] },
): Counter<L> {
  const existing = registry.getSingleMetric<L>(options.name) as Counter<L> | undefined;
  return existing ?? new Counter<L>({ ...options, labelNames: [...options.labelNames], registers: [registry] });
}

/** A gauge that is computed on each scrape. */
export function createGauge<L extends string>(
  { registry }: Metrics,
  options: {
    name: string;
    help: string;
    labelNames: readonly L[];
    collect: (gauge: Gauge<L>) => void | Promise<void>;
  },
): Gauge<L> {
  return new Gauge<L>({
    name: options.name,
    help: options.help,
    labelNames: [...options.labelNames],
    registers: [registry],
    collect() {
      return options.collect(this);
    },
  });
}
