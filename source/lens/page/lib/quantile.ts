/** A cumulative bucket, as in Prometheus: `count` observations were at most `le`. */
export type Bucket = { le: number; count: number };

/**
 * Estimates the quantile `q` (0…1) by linear interpolation, like Prometheus's `histogram_quantile`: the first bucket
 * starts at 0, and quantiles in the `+Inf` bucket return the highest finite bound. Undefined without observations or
 * without a `+Inf` bucket.
 */
export function quantileFromBuckets(q: number, buckets: readonly Bucket[]): number | undefined {
  const sorted = [...buckets].sort((a, b) => a.le - b.le);
  const total = sorted.at(-1);
  if (total === undefined || total.le !== Number.POSITIVE_INFINITY || !(total.count > 0)) return undefined;
  const rank = q * total.count;
  let lowerBound = 0;
  let countBelow = 0;
  for (const { le, count } of sorted) {
    // Buckets of a scrape may be inconsistent: enforce that counts never decrease.
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

/** Parses the label `le`. */
export function parseBound(le: string): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}
