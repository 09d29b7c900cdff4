import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBound, quantileFromBuckets } from './quantile.ts';

describe('quantileFromBuckets', () => {
  const buckets = [
    { le: 10, count: 50 },
    { le: 100, count: 90 },
    { le: 1000, count: 100 },
    { le: Number.POSITIVE_INFINITY, count: 100 },
  ];

  it('interpolates within the bucket, like histogram_quantile', () => {
    assert.equal(quantileFromBuckets(0.5, buckets), 10);
    assert.equal(quantileFromBuckets(0.25, buckets), 5);
    assert.equal(quantileFromBuckets(0.7, buckets), 55);
    assert.equal(quantileFromBuckets(0.95, buckets), 550);
  });

  it('accepts buckets in any order', () => {
    assert.equal(quantileFromBuckets(0.7, [...buckets].reverse()), 55);
  });

  it('returns the highest finite bound for values beyond it', () => {
    assert.equal(
      quantileFromBuckets(0.99, [
        { le: 10, count: 1 },
        { le: Number.POSITIVE_INFINITY, count: 10 },
      ]),
      10,
    );
  });

  it('skips empty buckets', () => {
    assert.equal(
      quantileFromBuckets(0, [
        { le: 10, count: 0 },
        { le: 20, count: 5 },
        { le: Number.POSITIVE_INFINITY, count: 5 },
      ]),
      10,
    );
  });

  it('returns undefined without observations or without a +Inf bucket', () => {
    assert.equal(quantileFromBuckets(0.5, []), undefined);
    assert.equal(quantileFromBuckets(0.5, [{ le: Number.POSITIVE_INFINITY, count: 0 }]), undefined);
    assert.equal(quantileFromBuckets(0.5, [{ le: 10, count: 5 }]), undefined);
  });

  it('parses the label le', () => {
    assert.deepEqual(['0.5', '16000', '+Inf'].map(parseBound), [0.5, 16000, Number.POSITIVE_INFINITY]);
  });
});
