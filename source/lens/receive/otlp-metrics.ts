import type { MetricRow, MetricType } from '../store/schema.ts';
import type {
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  PartialSuccess,
  Requests,
  SummaryDataPoint,
} from './otlp-messages.ts';
import { type Attributes, attributesOf, hexId, isZero, micros, now, resourceOf, text } from './otlp-values.ts';

/**
 * OTLP metrics in the form that Prometheus has: names with `_`, a unit and `_total`; a histogram as cumulative buckets,
 * sum and count. The rules are those of the specification's "Prometheus and OpenMetrics Compatibility", section "OTLP
 * Metric points to Prometheus" (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/).
 *
 * Points with delta temporality are rejected, as Prometheus itself does: they would need state to be added up.
 */
export function metricRows(request: Requests['metrics']): { rows: MetricRow[] } & PartialSuccess {
  const rows: MetricRow[] = [];
  let rejected = 0;
  for (const { resource, scopeMetrics } of request.resourceMetrics) {
    const { service } = resourceOf(resource);
    for (const { metrics } of scopeMetrics) {
      for (const metric of metrics) {
        if (isDelta(metric)) rejected += pointsOf(metric).length;
        else for (const row of rowsOf(metric, service)) rows.push(row);
      }
    }
  }
  const errorMessage = rejected === 0 ? '' : 'delta temporality is not supported; use cumulative';
  return { rows, rejected, errorMessage };
}

const DELTA = 1;

function isDelta(metric: Metric): boolean {
  return (
    (metric.data === 'sum' || metric.data === 'histogram' || metric.data === 'exponentialHistogram') &&
    metric[metric.data].aggregationTemporality === DELTA
  );
}

function pointsOf(metric: Metric): readonly unknown[] {
  return metric.data === undefined ? [] : metric[metric.data].dataPoints;
}

type Series = { service: string; time: bigint; labels: Attributes };

function* rowsOf(metric: Metric, service: string): Generator<MetricRow> {
  switch (metric.data) {
    case 'gauge':
      for (const point of metric.gauge.dataPoints) yield* numberRows(metric, 'gauge', point, service);
      break;
    case 'sum':
      for (const point of metric.sum.dataPoints) {
        yield* numberRows(metric, metric.sum.isMonotonic ? 'counter' : 'gauge', point, service);
      }
      break;
    case 'histogram':
      for (const point of metric.histogram.dataPoints) {
        yield* histogramRows(metric, point, cumulative(explicitBuckets(point)), service);
      }
      break;
    case 'exponentialHistogram':
      for (const point of metric.exponentialHistogram.dataPoints) {
        yield* histogramRows(metric, point, cumulative(exponentialBuckets(point)), service);
      }
      break;
    case 'summary':
      for (const point of metric.summary.dataPoints) yield* summaryRows(metric, point, service);
      break;
  }
}

function* numberRows(metric: Metric, type: MetricType, point: NumberDataPoint, service: string): Generator<MetricRow> {
  const series = seriesOf(point, service);
  const exemplar = point.exemplars.at(-1);
  yield* sample(series, prometheusName(metric, type), type, numberOf(point), {}, exemplar);
}

type Bucket = { upperBound: number; count: number };

function* histogramRows(
  metric: Metric,
  point: HistogramDataPoint | ExponentialHistogramDataPoint,
  buckets: Bucket[],
  service: string,
): Generator<MetricRow> {
  const series = seriesOf(point, service);
  const name = prometheusName(metric, 'histogram');
  let lowerBound = Number.NEGATIVE_INFINITY;
  for (const { upperBound, count } of buckets) {
    const exemplar = point.exemplars.findLast((candidate) => {
      const value = numberOf(candidate);
      return value > lowerBound && value <= upperBound;
    });
    yield* sample(series, `${name}_bucket`, 'histogram', count, { le: formatBound(upperBound) }, exemplar);
    lowerBound = upperBound;
  }
  if (point.sum !== null) yield* sample(series, `${name}_sum`, 'histogram', point.sum);
  yield* sample(series, `${name}_count`, 'histogram', point.count.toNumber());
}

function explicitBuckets({ bucketCounts, explicitBounds, count }: HistogramDataPoint): Bucket[] {
  if (bucketCounts.length === 0) return [{ upperBound: Number.POSITIVE_INFINITY, count: count.toNumber() }];
  return bucketCounts.map((bucketCount, index) => ({
    upperBound: explicitBounds[index] ?? Number.POSITIVE_INFINITY,
    count: bucketCount.toNumber(),
  }));
}

/**
 * Bucket `i` of the positive range holds values in (base^i, base^(i+1)], with base = 2^(2^-scale)
 * (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram).
 */
function exponentialBuckets(point: ExponentialHistogramDataPoint): Bucket[] {
  const base = 2 ** (2 ** -point.scale);
  const negative = (point.negative?.bucketCounts ?? []).map((count, index) => ({
    upperBound: -(base ** (point.negative!.offset + index)),
    count: count.toNumber(),
  }));
  const positive = (point.positive?.bucketCounts ?? []).map((count, index) => ({
    upperBound: base ** (point.positive!.offset + index + 1),
    count: count.toNumber(),
  }));
  const zero = isZero(point.zeroCount) ? [] : [{ upperBound: point.zeroThreshold, count: point.zeroCount.toNumber() }];
  const buckets = [...negative.reverse(), ...zero, ...positive];
  const counted = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const rest = Math.max(0, point.count.toNumber() - counted);
  return [...buckets, { upperBound: Number.POSITIVE_INFINITY, count: rest }];
}

function cumulative(buckets: Bucket[]): Bucket[] {
  let total = 0;
  return buckets.map(({ upperBound, count }) => {
    total += count;
    return { upperBound, count: total };
  });
}

function* summaryRows(metric: Metric, point: SummaryDataPoint, service: string): Generator<MetricRow> {
  const series = seriesOf(point, service);
  const name = prometheusName(metric, 'summary');
  for (const { quantile, value } of point.quantileValues) {
    yield* sample(series, name, 'summary', value, { quantile: String(quantile) });
  }
  yield* sample(series, `${name}_sum`, 'summary', point.sum);
  yield* sample(series, `${name}_count`, 'summary', point.count.toNumber());
}

function seriesOf(
  point: { timeUnixNano: NumberDataPoint['timeUnixNano']; attributes: NumberDataPoint['attributes'] },
  service: string,
): Series {
  const labels: Attributes = {};
  for (const [key, value] of Object.entries(attributesOf(point.attributes))) {
    labels[key.replace(/[^a-zA-Z0-9_]/g, '_')] = text(value) ?? '';
  }
  return { service, time: isZero(point.timeUnixNano) ? now() : micros(point.timeUnixNano), labels };
}

/** One row, or none: NaN says that there is no value. */
function* sample(
  { service, time, labels }: Series,
  name: string,
  type: MetricType,
  value: number,
  moreLabels: Attributes = {},
  exemplar?: Exemplar,
): Generator<MetricRow> {
  if (Number.isNaN(value)) return;
  yield {
    time,
    service,
    name,
    type,
    labels: JSON.stringify({ ...labels, ...moreLabels }),
    value,
    exemplar_trace_id: exemplar ? hexId(exemplar.traceId) : null,
    exemplar_span_id: exemplar ? hexId(exemplar.spanId) : null,
    exemplar_value: exemplar ? numberOf(exemplar) : null,
    exemplar_time: exemplar ? micros(exemplar.timeUnixNano) : null,
  };
}

function numberOf(point: Pick<NumberDataPoint, 'value' | 'asDouble' | 'asInt'>): number {
  if (point.value === 'asInt') return point.asInt.toNumber();
  return point.value === 'asDouble' ? point.asDouble : Number.NaN;
}

function formatBound(bound: number): string {
  return bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
}

/** The units of https://ucum.org that SDKs use, in Prometheus' words. */
const UNITS = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['%', 'percent'],
]);

function prometheusName({ name, unit }: Metric, type: MetricType): string {
  let result = name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
  const word = unit === '1' ? (type === 'gauge' ? 'ratio' : undefined) : UNITS.get(unit);
  if (word !== undefined && !result.split('_').includes(word)) {
    result = result.endsWith('_total') ? `${result.slice(0, -'_total'.length)}_${word}_total` : `${result}_${word}`;
  }
  return type === 'counter' && !result.endsWith('_total') ? `${result}_total` : result;
}
