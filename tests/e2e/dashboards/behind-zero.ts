import { parser } from '@prometheus-io/lezer-promql';
import type { Collector } from '../stack/collector.ts';

/**
 * A query that ends in `or vector(0)` always has a result: zero, for a healthy sandbox and for a misspelt metric alike. So the
 * expression before the zero is queried alone, without filters that narrow it down.
 */
export type Metric = {
  /** A name, or a regular expression for its variants. */
  name: string;
  /** If several programs have it, the one that is meant. */
  job?: string;
};

/** The metrics of a query that returns zero if it finds nothing; none for other queries. */
export function metricsBehindZero(expr: string): Metric[] {
  if (!/\bvector\(0\)/.test(expr)) return [];
  const metrics = new Map<string, Metric>();
  parser.parse(expr).iterate({
    enter({ name, node, from, to }) {
      if (name !== 'VectorSelector') return;
      const text = expr.slice(from, to);
      const identifier = node.getChild('Identifier');
      const metric =
        identifier === null ? /__name__=~"([^"]*)"/.exec(text)?.[1] : expr.slice(identifier.from, identifier.to);
      if (metric === undefined) throw new Error(`${text} has no metric`);
      const job = /\bjob="([\w-]+)"/.exec(text)?.[1];
      metrics.set(metric, { name: metric, ...(job !== undefined && { job }) });
    },
  });
  return [...metrics.values()];
}

/** A query to Mimir: whether the metric existed recently. */
export const anyOf = ({ name, job }: Metric) =>
  `count(last_over_time({__name__=~"${name}"${job === undefined ? '' : `, job="${job}"`}}[15m]))`;

type Rule = { metric: RegExp; because: string };

/** Metrics that exist only with one of the two collectors. */
const ONLY_OF: Record<Collector, Rule[]> = {
  alloy: [
    { metric: /^(prometheus_remote_storage|loki_write|alloy)_/, because: 'parts of Alloy alone' },
    {
      metric: /^mythical_log_lines_/,
      because: 'services count the lines that they push to Loki; with the collector, lines are sent over OTLP',
    },
  ],
  'otel-collector': [
    {
      metric: /^otelcol_exporter_\w+_metric_points/,
      because: 'in Alloy, OTLP metrics are sent as Prometheus metrics over remote write',
    },
    {
      metric: /^otelcol_exporter_\w+_log_records/,
      because: 'in Alloy, only with OTEL_LOGS_EXPORTER=otlp; otherwise lines use Loki’s own protocol',
    },
  ],
};

/** Metrics that exist only after something went wrong, and what to query instead. */
const AFTER_A_FAULT: (Rule & { instead?: string })[] = [
  {
    metric: /^otelcol_exporter_(?:send|enqueue)_failed_(\w+)\(_total\)\?$/,
    because: 'counted from the first loss on (tests/integration/collector-losses.test.ts makes one)',
    instead: 'otelcol_exporter_sent_$1(_total)?',
  },
  { metric: /^ALERTS$/, because: 'no alert is pending or firing' },
];

/** The metric that must exist with this collector, so that the query's zero is a real count. */
export function expectedBehindZero(expr: string, collector: Collector): Metric[] {
  const other = collector === 'alloy' ? 'otel-collector' : 'alloy';
  return metricsBehindZero(expr)
    .filter(({ name, job }) => job !== other && !ONLY_OF[other].some(({ metric }) => metric.test(name)))
    .flatMap((one) => {
      const rule = AFTER_A_FAULT.find(({ metric }) => metric.test(one.name));
      if (rule === undefined) return [one];
      return rule.instead === undefined ? [] : [{ ...one, name: one.name.replace(rule.metric, rule.instead) }];
    });
}

/** Each exception, for the test that none is obsolete. */
export const EXCEPTIONS: Rule[] = [...Object.values(ONLY_OF).flat(), ...AFTER_A_FAULT];
