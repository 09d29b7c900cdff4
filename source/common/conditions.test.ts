import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { type Condition, createConditions } from './conditions.ts';

let told: string[];
const telling = (name: string): Condition<string> => ({
  start: (variant) => void told.push(`${name} ${variant}`),
  stop: () => void told.push(`${name} ends`),
  meet: (subject) => void told.push(`${name} meets ${subject}`),
});
const create = () =>
  createConditions({ first: telling('first'), second: telling('second') }, (name) => told.push(`end of ${name}`));

beforeEach(() => {
  told = [];
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
});
afterEach(() => mock.timers.reset());

test('a condition starts after its delay, applies while active, and ends after its duration', async () => {
  const conditions = create();
  const times = conditions.start('first', { after: 10, seconds: 5, variant: 3 });
  assert.deepEqual([times.from.getTime(), times.until.getTime()], [10_000, 15_000]);
  mock.timers.tick(9_999);
  await conditions.meet('a');
  assert.equal(conditions.untilOf('first'), undefined);
  mock.timers.tick(1);
  await conditions.meet('b');
  assert.equal(conditions.untilOf('first')?.getTime(), 15_000);
  mock.timers.tick(5_000);
  await conditions.meet('c');
  assert.deepEqual(told, ['first 3', 'first meets b', 'first ends', 'end of first']);
});

test('several conditions apply in order; starting an active one changes its end', async () => {
  const conditions = create();
  conditions.start('second', { seconds: 5 });
  conditions.start('first', { seconds: 5 });
  conditions.start('second', { seconds: 60 });
  mock.timers.tick(5_000);
  conditions.start('first', { seconds: 5 });
  told = [];
  await conditions.meet('a');
  assert.deepEqual(told, ['first meets a', 'second meets a']);
});

test('stopping a scheduled condition cancels it; disposal stops active ones', async () => {
  const conditions = create();
  conditions.start('first', { after: 10, seconds: 5 });
  conditions.start('second', { seconds: 5 });
  conditions.stop('first');
  await conditions[Symbol.asyncDispose]();
  mock.timers.tick(60_000);
  assert.deepEqual(told, ['second 0', 'second ends', 'end of second']);
});
