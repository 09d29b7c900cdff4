import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useLens } from '../../../tests/support/lens.ts';
import { spansRequest } from '../../../tests/support/otlp.ts';

describe('impossible span times', () => {
  const lens = useLens();
  const start = 1_763_700_000_000;
  const nanos = (ms: number | undefined) => (ms === undefined ? undefined : `${ms * 1000}000`);

  for (const [what, startMs, endMs, durationMs, expected] of [
    ['no end', start, 0, 0, 'the span has no end time'],
    ['an end before the start', start, start - 5, 0, 'the span ends 5 ms before it starts'],
    ['no start', undefined, start, 0, 'the span has no start time'],
    ['a start of zero', 0, start, 0, 'the span has no start time'],
    ['an end as its start', start, start, 0, undefined],
    ['an end after the start', start, start + 0.25, 0.25, undefined],
  ] as const) {
    const given = { startTimeUnixNano: nanos(startMs), endTimeUnixNano: nanos(endMs) };
    test(`${what}: the duration isn't negative, and the span has a warning`, async () => {
      const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: what, ...given };
      await lens.post('/v1/traces', spansRequest(span));
      const row = await lens.row(`SELECT * FROM spans WHERE name = '${what}'`);
      const warning = (row.attributes as Record<string, unknown>)['lens.warning'];
      assert.deepEqual([row.start_time, row.duration_ms, warning], ['2025-11-21T04:40:00.000Z', durationMs, expected]);
    });
  }

  test('a span without any time gets the current time', async () => {
    const span = { traceId: 'a'.repeat(32), spanId: 'c'.repeat(16), name: 'timeless' };
    await lens.post('/v1/traces', spansRequest(span));
    const { start_time, duration_ms } = await lens.row("SELECT * FROM spans WHERE name = 'timeless'");
    assert.ok(Math.abs(Date.parse(String(start_time)) - Date.now()) < 10_000, String(start_time));
    assert.equal(duration_ms, 0);
  });

  for (const [code, expected] of [
    [{ intValue: 200 }, 200],
    [{ stringValue: '404' }, 404],
    [{ stringValue: '' }, null],
    [{ boolValue: true }, null],
    [{ arrayValue: { values: [{ intValue: 200 }] } }, null],
    [{ doubleValue: 200.5 }, null],
  ] as const) {
    test(`a status code of ${JSON.stringify(code)} is ${expected}`, async () => {
      const name = JSON.stringify(code);
      const attributes = [{ key: 'http.response.status_code', value: code }];
      const span = { traceId: 'a'.repeat(32), spanId: 'd'.repeat(16), name, attributes };
      await lens.post('/v1/traces', spansRequest(span));
      assert.equal((await lens.row(`SELECT * FROM spans WHERE name = '${name}'`)).http_status_code, expected);
    });
  }
});

describe('resources', () => {
  const lens = useLens();

  test('an empty service.name is the same as none', async () => {
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: '' } }] };
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'nameless' };
    await lens.post('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
    assert.equal((await lens.row('SELECT service FROM spans')).service, 'unknown_service');
  });
});
