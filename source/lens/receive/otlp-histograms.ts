import type { ExponentialHistogramDataPoint, HistogramDataPoint } from './otlp-messages.ts';

/** As Prometheus has buckets: `count` is of all values up to the bound. */
export type Bucket = { upperBound: number; count: number };

/** One bucket for each bound, and one for all values: how many counts came doesn't matter, as in Prometheus. */
export function explicitBuckets({ bucketCounts, explicitBounds, count }: HistogramDataPoint): Bucket[] {
  const counts = explicitBounds.map((upperBound, index) => ({
    upperBound,
    count: bucketCounts[index]?.toNumber() ?? 0,
  }));
  return cumulative(bucketCounts.length === 0 ? [] : counts, count.toNumber());
}

/** The least scale that Prometheus' native histograms have. With a lesser one, a bucket spans 10 decimal powers or more. */
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

/** Bounds that are the same, because a number can't hold theirs, share a bucket; the infinite ones have no own. */
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
