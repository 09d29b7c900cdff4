import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBound, quantileFromBuckets } from './quantile.ts';

describe('quantileFromBuckets', () => {
  const INF = Number.POSITIVE_INFINITY;
  const bucketsOf = (...pairs: [le: number, count: number][]) => pairs.map(([le, count]) => ({ le, count }));
  const buckets = bucketsOf([10, 50], [100, 90], [1000, 100], [INF, 100]);
  for (const [what, q, given, expected] of [
    ['interpolates within the bucket, like histogram_quantile', 0.25, buckets, 5],
    ['returns the bound of a full bucket', 0.5, buckets, 10],
    ['interpolates within the second bucket', 0.7, buckets, 55],
    ['interpolates within the last finite bucket', 0.95, buckets, 550],
    ['accepts buckets in any order', 0.7, [...buckets].reverse(), 55],
    ['returns the highest finite bound for values beyond it', 0.99, bucketsOf([10, 1], [INF, 10]), 10],
    ['skips empty buckets', 0, bucketsOf([10, 0], [20, 5], [INF, 5]), 10],
    ['returns undefined without buckets', 0.5, [], undefined],
    ['returns undefined without observations', 0.5, bucketsOf([INF, 0]), undefined],
    ['returns undefined without a +Inf bucket', 0.5, bucketsOf([10, 5]), undefined],
  ] as const) {
    it(what, () => assert.equal(quantileFromBuckets(q, given), expected));
  }

  it('parses the label le', () => {
    assert.deepEqual(['0.5', '16000', '+Inf'].map(parseBound), [0.5, 16000, Number.POSITIVE_INFINITY]);
  });
});
