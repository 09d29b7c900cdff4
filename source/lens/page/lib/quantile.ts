/** A bucket of a histogram as Prometheus counts them: how many observations were at most `le`. */
export type Bucket = { le: number; count: number };

/**
 * The value below which the share `q` (0…1) of the observations lies, by linear interpolation within its bucket: the
 * convention of Prometheus' `histogram_quantile`. In the first bucket the lower bound is 0; a quantile that falls into
 * the `+Inf` bucket is answered with the highest finite bound, as nothing more is known. Undefined without observations
 * or without a `+Inf` bucket.
 */
export function quantileFromBuckets(q: number, buckets: readonly Bucket[]): number | undefined {
  const sorted = [...buckets].sort((a, b) => a.le - b.le);
  const total = sorted.at(-1);
  if (total === undefined || total.le !== Number.POSITIVE_INFINITY || !(total.count > 0)) return undefined;
  const rank = q * total.count;
  let lowerBound = 0;
  let countBelow = 0;
  for (const { le, count } of sorted) {
    // Counters of one scrape may be read a moment apart: a bucket never holds less than the one before it.
    const cumulative = Math.max(count, countBelow);
    if (cumulative >= rank && cumulative > countBelow) {
      if (le === Number.POSITIVE_INFINITY) return lowerBound;
      return lowerBound + (le - lowerBound) * ((rank - countBelow) / (cumulative - countBelow));
    }
    if (le !== Number.POSITIVE_INFINITY) lowerBound = le;
    countBelow = cumulative;
  }
  return lowerBound;
}

/** The bound that a label `le` names: "+Inf" is infinite. */
export function parseBound(le: string): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}
