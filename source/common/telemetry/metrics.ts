import { getHeapStatistics } from 'node:v8';
import { type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Metrics in the Prometheus way: they are kept in a registry and read from `/metrics`, in the OpenMetrics format,
 * because only that one carries exemplars.
 */
export type Metrics = {
  registry: Registry;
  /** Whether `/metrics` shows it. If not, a scrape still tells that the service answers, and nothing comes in twice. */
  exposed: boolean;
};

export function createMetrics({ exposed = true } = {}): Metrics {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  const metrics = { registry, exposed };
  // The client tells how much of the heap is used, but not of how much.
  createGauge(metrics, {
    name: METRIC_NAMES.heapLimit,
    help: 'Size at which V8 gives up and ends the process, in bytes',
    labelNames: [],
    collect: (gauge) => gauge.set(getHeapStatistics().heap_size_limit),
  });
  return metrics;
}

/**
 * The names of all metrics of our own, which dashboards, alerts and tests rely on. OpenMetrics adds `_total` to the
 * series of counters, and `_bucket`, `_sum` and `_count` to those of histograms.
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

/** Upper bounds of `mythical_request_times`, in milliseconds. */
export const REQUEST_TIME_BUCKETS_MS = [10, 20, 50, 100, 200, 500, 1000, 2000, 4000, 8000, 16000];

/** Upper bounds of `mythical_recording_delay_seconds`: from a message that finds the queue empty to half an hour of backlog. */
export const RECORDING_DELAY_BUCKETS_S = [0.1, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800];

type ExemplarLabel = 'traceID' | 'spanID';

/** The label names under which Grafana finds the trace of an exemplar, and its values; none for an unsampled trace. */
function exemplarOf(span: SpanContext | undefined): { traceID: string; spanID: string } | undefined {
  if (span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { traceID: span.traceId, spanID: span.spanId };
}

/** A histogram whose observations point to the trace that they were made in. */
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

/** A counter whose increments point to the trace that they were made in. */
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

/** The counter of this name: made at the first call, the same one at the next. */
export function createCounter<L extends string>(
  { registry }: Metrics,
  options: { name: string; help: string; labelNames: readonly L[] },
): Counter<L> {
  const existing = registry.getSingleMetric<L>(options.name) as Counter<L> | undefined;
  return existing ?? new Counter<L>({ ...options, labelNames: [...options.labelNames], registers: [registry] });
}

/** A gauge that is read when somebody asks for the metrics. */
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
