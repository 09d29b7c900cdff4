import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useLens } from '../../../tests/support/lens.ts';

describe('impossible span times', () => {
  const lens = useLens();
  const MS = 1_000_000n;
  const start = 1_763_700_000_000n * MS;

  for (const [what, given, expected] of [
    [
      'no end',
      { startTimeUnixNano: String(start), endTimeUnixNano: '0' },
      ['2025-11-21T04:40:00.000Z', 0, 'the span has no end time'],
    ],
    [
      'an end before the start',
      { startTimeUnixNano: String(start), endTimeUnixNano: String(start - 5n * MS) },
      ['2025-11-21T04:40:00.000Z', 0, 'the span ends 5 ms before it starts'],
    ],
    ['no start', { endTimeUnixNano: String(start) }, ['2025-11-21T04:40:00.000Z', 0, 'the span has no start time']],
    [
      'an end as its start',
      { startTimeUnixNano: String(start), endTimeUnixNano: String(start) },
      ['2025-11-21T04:40:00.000Z', 0, undefined],
    ],
    [
      'an end after the start',
      { startTimeUnixNano: String(start), endTimeUnixNano: String(start + MS / 4n) },
      ['2025-11-21T04:40:00.000Z', 0.25, undefined],
    ],
  ] as const) {
    test(`${what}: the duration isn't negative, and the span has a warning`, async () => {
      const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: what, ...given };
      await lens.post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
      const row = await lens.row(`SELECT * FROM spans WHERE name = '${what}'`);
      const warning = (row.attributes as Record<string, unknown>)['lens.warning'];
      assert.deepEqual([row.start_time, row.duration_ms, warning], expected);
    });
  }

  test('a span without any time gets the current time', async () => {
    const spans = [{ traceId: 'a'.repeat(32), spanId: 'c'.repeat(16), name: 'timeless' }];
    await lens.post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
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
      const spans = [{ traceId: 'a'.repeat(32), spanId: 'd'.repeat(16), name, attributes }];
      await lens.post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
      assert.equal((await lens.row(`SELECT * FROM spans WHERE name = '${name}'`)).http_status_code, expected);
    });
  }
});
