import type { ExponentialHistogramDataPoint, HistogramDataPoint } from './otlp-messages.ts';

/** A cumulative bucket, as in Prometheus: `count` includes all lower buckets. */
export type Bucket = { upperBound: number; count: number };

/** Like Prometheus, tolerates a wrong number of counts: one bucket per bound, plus +Inf. */
export function explicitBuckets({ bucketCounts, explicitBounds, count }: HistogramDataPoint): Bucket[] {
  const counts = explicitBounds.map((upperBound, index) => ({
    upperBound,
    count: bucketCounts[index]?.toNumber() ?? 0,
  }));
  return cumulative(bucketCounts.length === 0 ? [] : counts, count.toNumber());
}

/** The minimum scale of Prometheus's native histograms. Below it, a bucket spans 10 powers of ten or more. */
export const MIN_SCALE = -4;

/**
 * Bucket `i` of the positive range holds values in (base^i, base^(i+1)], with base = 2^(2^-scale)
 * (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram).
 */
export function exponentialBuckets(point: ExponentialHistogramDataPoint): Bucket[] {
  const bound = (index: number) => 2 ** (index * 2 ** -point.scale);
  const { offset: negativeOffset = 0, bucketCounts: negativeCounts = [] } = point.negative ?? {};
  const { offset = 0, bucketCounts = [] } = point.positive ?? {};
  const negative = negativeCounts.map((count, index) => ({
    upperBound: -bound(negativeOffset + index),
    count: count.toNumber(),
  }));
  const positive = bucketCounts.map((count, index) => ({
    upperBound: bound(offset + index + 1),
    count: count.toNumber(),
  }));
  const zero = { upperBound: point.zeroThreshold, count: point.zeroCount.toNumber() };
  return cumulative([...negative.reverse(), ...(zero.count === 0 ? [] : [zero]), ...positive], point.count.toNumber());
}

/** Merges buckets whose bounds are equal after rounding or infinite. */
export function cumulative(buckets: Bucket[], total: number): Bucket[] {
  const byBound = new Map<number, number>();
  let sum = 0;
  for (const { upperBound, count } of buckets) {
    sum += count;
    if (Number.isFinite(upperBound)) byBound.set(upperBound, sum);
  }
  byBound.set(Number.POSITIVE_INFINITY, Math.max(total, sum));
  return Array.from(byBound, ([upperBound, count]) => ({ upperBound, count }));
}
