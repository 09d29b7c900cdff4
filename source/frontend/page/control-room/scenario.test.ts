import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCountdown, isOn, secondsLeft, switched } from './scenario.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const OFF = { name: 'log-storm', description: '', active: false, until: null };

test('a scenario counts down to its end and is off then, before the server confirms it', () => {
  const on = switched(OFF, 60, NOW);
  assert.deepEqual(on, { ...OFF, active: true, until: '2026-11-21T08:01:00.000Z' });
  assert.equal(secondsLeft(on, NOW), 60);
  assert.equal(secondsLeft(on, NOW + 58_001), 2);
  assert.equal(isOn(on, NOW + 59_999), true);
  assert.equal(isOn(on, NOW + 60_000), false);
  assert.equal(secondsLeft(on, NOW + 90_000), 0);
  assert.deepEqual(switched(on, 0, NOW), OFF);
});

test('formats the countdown like a clock', () => {
  assert.deepEqual([0, 7, 60, 725].map(formatCountdown), ['0:00', '0:07', '1:00', '12:05']);
});
