import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextPageOf, traceOf } from './api.ts';

const TRACE = 'ab'.repeat(16);

test('reads the trace from Server-Timing, also among other entries', () => {
  const of = (header?: string) =>
    traceOf({ headers: new Headers(header === undefined ? {} : { 'server-timing': header }) });
  assert.deepEqual(of(`db;dur=5, traceparent;desc="00-${TRACE}-${'cd'.repeat(8)}-01"`), {
    traceId: TRACE,
    spanId: 'cd'.repeat(8),
  });
  for (const header of [undefined, 'db;dur=5', 'traceparent;desc="00-xyz-1-01"']) assert.equal(of(header), undefined);
});

test('reads the next page from Link', () => {
  assert.equal(nextPageOf('</unicorn?limit=2&after=b%26c>; rel="next"'), 'b&c');
  for (const link of [null, '', '</unicorn?limit=2>; rel="prev"', '</unicorn?limit=2>; rel="next"'])
    assert.equal(nextPageOf(link), undefined);
});
