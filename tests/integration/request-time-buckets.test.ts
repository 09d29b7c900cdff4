import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REQUEST_TIME_BUCKETS_MS } from '@mythical/common/telemetry/metrics';
import { quantileFromBuckets } from '../../source/lens/page/lib/quantile.ts';
import { read } from '../support/project.ts';

/** Log-normally distributed latencies in ms, in ascending order. They are the same in each run. */
function latencies(median: number, sigma: number, n = 2_000): number[] {
  // Normally distributed values by the Box–Muller transform, of a grid in place of random numbers.
  const side = Math.sqrt(n);
  const values: number[] = [];
  for (let i = 0.5; i < side; i++)
    for (let j = 0.5; j < side; j++) {
      const normal = Math.sqrt(-2 * Math.log(i / side)) * Math.cos((2 * Math.PI * j) / side);
      values.push(median * Math.exp(sigma * normal));
    }
  return values.sort((one, other) => one - other);
}

test('quantiles from the buckets of request times are within 20 % of the true ones, from 1.5 to 30 ms', () => {
  for (const median of [1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 12, 15, 20, 30])
    for (const sigma of [0.3, 0.5, 0.8]) {
      const values = latencies(median, sigma);
      const buckets = [...REQUEST_TIME_BUCKETS_MS, Number.POSITIVE_INFINITY].map((le) => ({
        le,
        count: values.filter((value) => value <= le).length,
      }));
      for (const q of [0.5, 0.95]) {
        const expected = values[Math.ceil(q * values.length) - 1]!;
        const actual = quantileFromBuckets(q, buckets)!;
        assert.ok(Math.abs(actual / expected - 1) < 0.2, `${q} of ${median} ms (${sigma}): ${actual}, not ${expected}`);
      }
    }
});

test('docs/signals.md lists the buckets', () => {
  const text = read('docs/signals.md');
  const listed = /`mythical_request_times` .* buckets ([\d, ]+) … 16000/.exec(text)?.[1];
  const bounds = listed!.split(', ').map(Number);
  assert.ok(bounds.length > 10);
  assert.deepEqual(bounds, REQUEST_TIME_BUCKETS_MS.slice(0, bounds.length));
});
