import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_TRAFFIC, RECENT, type Traffic, withRequest } from './traffic.ts';

function traffic(latencies: number[], failing: (id: number) => boolean = () => false): Traffic {
  return latencies.reduce(
    (sum, milliseconds, id) => withRequest(sum, { id, ok: !failing(id), milliseconds, label: '' }),
    NO_TRAFFIC,
  );
}

test('traffic: counts, p50 and p95', () => {
  assert.deepEqual(traffic([7]), {
    requests: 1,
    errors: 0,
    median: 7,
    p95: 7,
    recent: [{ id: 0, ok: true, milliseconds: 7, label: '' }],
  });
  const many = traffic([50, 10, 30, 20, 40], (id) => id === 1);
  assert.deepEqual([many.requests, many.errors, many.median, many.p95], [5, 1, 30, 50]);
});

test('traffic: latency covers recent requests, counts cover all', () => {
  const many = traffic([...Array(10).fill(5000), ...Array(RECENT).fill(3)]);
  assert.deepEqual([many.requests, many.recent.length, many.p95], [RECENT + 10, RECENT, 3]);
});

test('traffic: the slowest of twenty is above p95', () => {
  assert.equal(traffic([...Array(19).fill(1), 100]).p95, 1);
  assert.equal(traffic([...Array(18).fill(1), 100, 100]).p95, 100);
});
