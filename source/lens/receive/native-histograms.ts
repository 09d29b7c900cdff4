import { type Bucket, cumulative, MIN_SCALE } from './otlp-histograms.ts';
import type { Int64 } from './otlp-messages.ts';
import { PayloadError } from './payload.ts';
import { type NativeHistogram, numberOf, type Span } from './remote-write-messages.ts';

/** The highest resolution that Prometheus accepts. */
const MAX_SCHEMA = 52;
/** The schema of histograms with custom bounds, like classic ones. */
const CUSTOM_BOUNDS = -53;

/**
 * Converts a native histogram to cumulative buckets, as for OTLP's exponential histograms. Bucket `i` of the positive range
 * holds values in (base^(i-1), base^i], with base = 2^(2^-schema): https://prometheus.io/docs/specs/native_histograms/
 *
 * @throws {PayloadError}
 */
export function nativeBuckets(histogram: NativeHistogram): Bucket[] {
  const { schema, zeroThreshold, positiveSpans, positiveDeltas, positiveCounts } = histogram;
  const { negativeSpans, negativeDeltas, negativeCounts } = histogram;
  const isFloat = histogram.count === 'countFloat';
  const positive = populated(positiveSpans, isFloat ? positiveCounts : sums(positiveDeltas));
  const negative = populated(negativeSpans, isFloat ? negativeCounts : sums(negativeDeltas));
  const zero = isFloat ? histogram.zeroCountFloat : histogram.zeroCountInt.toNumber();
  const bound = boundsOf(histogram);
  const lowest = schema === CUSTOM_BOUNDS ? Number.NEGATIVE_INFINITY : zeroThreshold;
  // Lower bounds, too: otherwise quantiles would spread a bucket's values over the gap before it.
  const buckets = [
    ...negative.toReversed().flatMap(({ index, count }) => [
      { upperBound: -bound(index), count: 0 },
      { upperBound: -bound(index - 1), count },
    ]),
    ...(zero > 0 ? [{ upperBound: zeroThreshold, count: zero }] : []),
    ...positive.flatMap(({ index, count }) => [
      { upperBound: Math.max(bound(index - 1), lowest), count: 0 },
      { upperBound: bound(index), count },
    ]),
  ];
  const total = countOf(histogram);
  const found = buckets.reduce((sum, { count }) => sum + count, 0);
  // NaN observations are in no bucket.
  const isWrong = Number.isNaN(numberOf(histogram.sum)) ? found > total : found !== total;
  if (!isFloat && isWrong) throw new PayloadError(`its buckets have ${found} values, but its count is ${total}`);
  return cumulative(buckets, total);
}

export function countOf({ count, countInt, countFloat }: NativeHistogram): number {
  return count === 'countFloat' ? countFloat : countInt.toNumber();
}

function boundsOf({ schema, customValues }: NativeHistogram): (index: number) => number {
  if (schema === CUSTOM_BOUNDS) {
    if (customValues.some((bound, index) => !(bound > (customValues[index - 1] ?? Number.NEGATIVE_INFINITY)))) {
      throw new PayloadError('its custom_values are not ascending');
    }
    return (index) => {
      if (index > customValues.length) throw new PayloadError('it has more buckets than custom_values');
      return customValues[index] ?? (index < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    };
  }
  if (schema < MIN_SCALE || schema > MAX_SCHEMA) throw new PayloadError(`its schema ${schema} is unknown`);
  return (index) => {
    const exponent = index * 2 ** -schema;
    // The last bucket of finite values; the next one has infinite values.
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
  };
}

/** The counts of an integer histogram: each delta is the difference to the previous bucket. */
function sums(deltas: Int64[]): number[] {
  let sum = 0;
  return deltas.map((delta) => {
    sum += delta.toNumber();
    return sum;
  });
}

function populated(spans: Span[], counts: number[]): { index: number; count: number }[] {
  const needed = spans.reduce((sum, { length }) => sum + length, 0);
  if (needed !== counts.length) throw new PayloadError(`its spans have ${needed} buckets, its counts ${counts.length}`);
  if (counts.some((count) => !(count >= 0))) throw new PayloadError('a bucket has a negative count');
  if (spans.some(({ offset }, position) => position > 0 && offset < 0)) throw new PayloadError('its spans overlap');
  let index = 0;
  let next = 0;
  return spans.flatMap(({ offset, length }) => {
    index += offset;
    return Array.from({ length }, () => ({ index: index++, count: counts[next++]! }));
  });
}
