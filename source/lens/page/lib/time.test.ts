import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from './sql.ts';
import { around, extent, parseTime, rangeFromParams, rangeToParams, stepSeconds, within } from './time.ts';

describe('time ranges', () => {
  const fixed = { from: new Date('2026-11-21T04:00:00Z'), to: new Date('2026-11-21T04:01:00Z') };

  it('survive a round trip through the address', () => {
    for (const range of [{ minutes: 5 }, { minutes: 15 }, { minutes: 60 }, fixed]) {
      const given = Object.entries(rangeToParams(range)).filter(([, value]) => value !== undefined);
      assert.deepEqual(rangeFromParams(Object.fromEntries(given) as Record<string, string>), range);
    }
  });

  it('are undefined if the address has none', () => {
    for (const params of [{}, { range: '7' }, { from: 'x', to: 'y' }, { from: '2026-01-02', to: '2026-01-01' }]) {
      assert.equal(rangeFromParams(params as Record<string, string>), undefined);
    }
  });

  it('become conditions in UTC', () => {
    assert.equal(within(sql`time`, { minutes: 5 }).text, "time >= (now() AT TIME ZONE 'UTC') - INTERVAL '5 minutes'");
    assert.equal(
      within(sql`time`, fixed).text,
      "time >= TIMESTAMP '2026-11-21 04:00:00.000'\n  AND time < TIMESTAMP '2026-11-21 04:01:00.000'",
    );
  });

  it('have at most 120 steps', () => {
    assert.equal(stepSeconds({ minutes: 5 }), 5);
    assert.equal(stepSeconds({ minutes: 15 }), 10);
    assert.equal(stepSeconds({ minutes: 60 }), 30);
    assert.equal(stepSeconds({ from: new Date(0), to: new Date(86_400_000) }), 720);
  });

  it('extend a span on both sides', () => {
    assert.deepEqual(around(100_000, 10, 500), { from: new Date(90_000), to: new Date(110_500) });
    assert.deepEqual(extent({ minutes: 5 }, 600_000), [300, 600]);
  });
});

describe('parseTime', () => {
  it('keeps microseconds', () => {
    assert.equal(parseTime('2026-11-21T04:00:00.000250Z') - Date.parse('2026-11-21T04:00:00Z'), 0.25);
    assert.equal(parseTime('2026-11-21 04:00:00'), Date.parse('2026-11-21T04:00:00Z'));
  });

  it('returns NaN for invalid times', () => {
    for (const value of [null, undefined, 5, 'soon']) assert.ok(Number.isNaN(parseTime(value)));
  });
});
