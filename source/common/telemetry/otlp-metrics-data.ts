import type { MetricValueWithName, Registry } from 'prom-client';

/**
 * A metric of prom-client in the shape of otlp.proto, because the SDK's types have neither exemplars nor summaries.
 *
 * In Prometheus, the series have the same names as on `/metrics`: receivers append `_total` to counters, so it is removed here, and
 * units, so none is set.
 */
export type OtlpMetric = { name: string; description: string } & Record<string, unknown>;

/** The period that cumulative values cover, in ms since 1970. */
export type Period = { start: number; now: number };

type Metric = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];
type Exemplar = { labelSet: { traceID?: string; spanID?: string }; value: number; timestamp: number };
/** prom-client's types lack exemplars, and don't say that a summary without observations has no labels. */
type Value = Omit<MetricValueWithName<string>, 'labels'> & {
  labels?: MetricValueWithName<string>['labels'];
  exemplar?: Exemplar | null;
};

const CUMULATIVE = { aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE' };

/** @returns undefined for a metric without values */
export function otlpMetric({ name, help, type, values }: Metric, period: Period): OtlpMetric | undefined {
  if (values.length === 0) return undefined;
  const metric = { name: type === 'counter' ? name.replace(/_total$/, '') : name, description: help };
  switch (type) {
    case 'counter':
      return { ...metric, sum: { dataPoints: numberPoints(values, period), isMonotonic: true, ...CUMULATIVE } };
    case 'gauge':
      return { ...metric, gauge: { dataPoints: numberPoints(values, period) } };
    case 'histogram':
      return { ...metric, histogram: { dataPoints: histogramPoints(name, values, period), ...CUMULATIVE } };
    case 'summary':
      return { ...metric, summary: { dataPoints: summaryPoints(name, values, period) } };
  }
}

function numberPoints(values: Value[], period: Period): object[] {
  return values.map(({ value, labels = {}, exemplar }) => ({
    ...timesOf(period),
    attributes: keyValues(labels),
    asDouble: value,
    exemplars: exemplarsOf([{ exemplar }]),
  }));
}

/** Bucket counts are cumulative in Prometheus, but not in OTLP. */
function histogramPoints(name: string, values: Value[], period: Period): object[] {
  return seriesOf(name, values, 'le').map(({ parts, ...point }) => ({
    ...timesOf(period),
    ...point,
    explicitBounds: parts.map(({ bound }) => bound).filter(Number.isFinite),
    bucketCounts: parts.map(({ value }, index) => value - (parts[index - 1]?.value ?? 0)),
    exemplars: exemplarsOf(parts),
  }));
}

function summaryPoints(name: string, values: Value[], period: Period): object[] {
  return seriesOf(name, values, 'quantile').map(({ parts, ...point }) => ({
    ...timesOf(period),
    ...point,
    quantileValues: parts.map(({ bound, value }) => ({ quantile: bound, value })),
  }));
}

/** Groups values by series, with one part per bucket or quantile, in prom-client's ascending order. */
function seriesOf(name: string, values: Value[], part: 'le' | 'quantile') {
  const bySeries = Map.groupBy(values, ({ labels: { [part]: _, ...others } = {} }) => JSON.stringify(others));
  return Array.from(bySeries.values(), (series) => {
    const { [part]: _, ...labels } = series[0]!.labels ?? {};
    const find = (suffix: string) => series.find(({ metricName }) => metricName === name + suffix)?.value ?? 0;
    const parts = series
      .filter(({ labels = {} }) => part in labels)
      .map(({ labels = {}, value, exemplar }) => ({ bound: boundOf(labels[part]), value, exemplar }));
    return { attributes: keyValues(labels), count: find('_count'), sum: find('_sum'), parts };
  });
}

const boundOf = (text: string | number | undefined) => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text));

function exemplarsOf(values: { exemplar?: Exemplar | null | undefined }[]): object[] {
  return values.flatMap(({ exemplar }) => {
    if (!exemplar) return [];
    const { labelSet, value, timestamp } = exemplar;
    const id = (hex = '') => Buffer.from(hex, 'hex');
    return [
      {
        timeUnixNano: nanos(timestamp * 1000),
        asDouble: value,
        traceId: id(labelSet.traceID),
        spanId: id(labelSet.spanID),
      },
    ];
  });
}

const timesOf = ({ start, now }: Period) => ({ startTimeUnixNano: nanos(start), timeUnixNano: nanos(now) });

/** Text, because the value exceeds JavaScript's safe integers. */
const nanos = (milliseconds: number) => `${Math.round(milliseconds)}000000`;

export function keyValues(record: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(record).map(([key, value]) => ({ key, value: { stringValue: String(value) } }));
}
