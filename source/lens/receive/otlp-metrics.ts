import type { MetricRow, MetricType } from '../store/schema.ts';
import { type Bucket, explicitBuckets, exponentialBuckets, MIN_SCALE } from './otlp-histograms.ts';
import type {
  DataPoint,
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  PartialSuccess,
  Requests,
  SummaryDataPoint,
} from './otlp-messages.ts';
import { type Attributes, hexId, isZero, micros, now, resourceOf } from './otlp-values.ts';
import { labelsOf, prometheusName } from './prometheus-names.ts';

/**
 * Converts OTLP metrics to Prometheus's data model: names with `_`, a unit and `_total`; histograms as cumulative
 * buckets, sum and count. The rules are in the section "OTLP Metric points to Prometheus" of
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/.
 *
 * Like Prometheus, rejects what its data model can't represent.
 */
export function metricRows(request: Requests['metrics']): { rows: MetricRow[] } & PartialSuccess {
  const rows: MetricRow[] = [];
  const refusals = new Set<string>();
  let rejected = 0;
  for (const { resource, scopeMetrics } of request.resourceMetrics) {
    const { service } = resourceOf(resource);
    for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      for (const point of pointsOf(metric)) {
        const refusal = refusalOf(metric, point);
        if (refusal !== undefined) {
          rejected += 1;
          refusals.add(refusal);
        } else if ((point.flags & NO_RECORDED_VALUE) === 0) {
          rows.push(...rowsOf(metric, point, service));
        }
      }
    }
  }
  return { rows, rejected, errorMessage: [...refusals].join('; ') };
}

/** The flag "no recorded value": the point only marks the end of its series. */
const NO_RECORDED_VALUE = 1;

const CUMULATIVE = 2;

function pointsOf(metric: Metric): readonly DataPoint[] {
  return metric.data === undefined ? [] : metric[metric.data].dataPoints;
}

function refusalOf(metric: Metric, point: DataPoint): string | undefined {
  if (metric.data === 'sum' || metric.data === 'histogram' || metric.data === 'exponentialHistogram') {
    // Summing deltas would require state.
    if (metric[metric.data].aggregationTemporality !== CUMULATIVE) return 'only cumulative temporality is supported';
  }
  if (metric.data !== 'exponentialHistogram') return undefined;
  const { scale } = point as ExponentialHistogramDataPoint;
  return scale < MIN_SCALE ? `the scale of an exponential histogram must be >= ${MIN_SCALE}, was ${scale}` : undefined;
}

function rowsOf(metric: Metric, point: DataPoint, service: string): MetricRow[] {
  const series: Series = {
    service,
    time: isZero(point.timeUnixNano) ? now() : micros(point.timeUnixNano),
    labels: labelsOf(point.attributes),
  };
  switch (metric.data) {
    case 'gauge':
      return numberRows(metric, 'gauge', point as NumberDataPoint, series);
    case 'sum':
      return numberRows(metric, metric.sum.isMonotonic ? 'counter' : 'gauge', point as NumberDataPoint, series);
    case 'histogram': {
      const histogram = point as HistogramDataPoint;
      return histogramRows(metric, histogram, explicitBuckets(histogram), series);
    }
    case 'exponentialHistogram': {
      const histogram = point as ExponentialHistogramDataPoint;
      return histogramRows(metric, histogram, exponentialBuckets(histogram), series);
    }
    default:
      return summaryRows(metric, point as SummaryDataPoint, series);
  }
}

type Series = { service: string; time: bigint; labels: Attributes };

function numberRows(metric: Metric, type: MetricType, point: NumberDataPoint, series: Series): MetricRow[] {
  const exemplar = point.exemplars.at(-1);
  return sample(series, prometheusName(metric, type), type, numberOf(point), {}, exemplar);
}

function histogramRows(
  metric: Metric,
  point: HistogramDataPoint | ExponentialHistogramDataPoint,
  buckets: Bucket[],
  series: Series,
): MetricRow[] {
  const name = prometheusName(metric, 'histogram');
  const rows = buckets.flatMap(({ upperBound, count }, index) => {
    const lowerBound = buckets[index - 1]?.upperBound ?? Number.NEGATIVE_INFINITY;
    const exemplar = point.exemplars.findLast((candidate) => {
      const value = numberOf(candidate);
      return value > lowerBound && value <= upperBound;
    });
    return sample(series, `${name}_bucket`, 'histogram', count, { le: formatBound(upperBound) }, exemplar);
  });
  if (Object.hasOwn(point, 'sum')) rows.push(...sample(series, `${name}_sum`, 'histogram', point.sum));
  return [...rows, ...sample(series, `${name}_count`, 'histogram', point.count.toNumber())];
}

function summaryRows(metric: Metric, point: SummaryDataPoint, series: Series): MetricRow[] {
  const name = prometheusName(metric, 'summary');
  return [
    ...point.quantileValues.flatMap(({ quantile, value }) =>
      sample(series, name, 'summary', value, { quantile: String(quantile) }),
    ),
    ...sample(series, `${name}_sum`, 'summary', point.sum),
    ...sample(series, `${name}_count`, 'summary', point.count.toNumber()),
  ];
}

/** At most one row: NaN means that there is no value. */
function sample(
  { service, time, labels }: Series,
  name: string,
  type: MetricType,
  value: number,
  moreLabels: Attributes = {},
  exemplar?: Exemplar,
): MetricRow[] {
  if (Number.isNaN(value)) return [];
  return [
    {
      time,
      service,
      name,
      type,
      labels: JSON.stringify({ ...labels, ...moreLabels }),
      value,
      exemplar_trace_id: exemplar ? hexId(exemplar.traceId, 16) : null,
      exemplar_span_id: exemplar ? hexId(exemplar.spanId, 8) : null,
      exemplar_value: exemplar ? numberOf(exemplar) : null,
      exemplar_time: exemplar && !isZero(exemplar.timeUnixNano) ? micros(exemplar.timeUnixNano) : null,
    },
  ];
}

function numberOf(point: Pick<NumberDataPoint, 'value' | 'asDouble' | 'asInt'>): number {
  if (point.value === 'asInt') return point.asInt.toNumber();
  return point.value === 'asDouble' ? point.asDouble : Number.NaN;
}

export function formatBound(bound: number): string {
  return bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
}
