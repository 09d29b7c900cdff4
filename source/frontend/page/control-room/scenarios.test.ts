import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '@mythical/ui/page/store.ts';
import type { Answer } from './api.ts';
import { createScenarios } from './scenarios.ts';
import { INITIAL } from './state.ts';

const OFF = { name: 'log-storm', description: '', active: false, until: null };
const ON = { ...OFF, active: true, until: '2026-11-21T08:01:00Z' };

const answer = (value: unknown): Answer => ({
  outcome: 'done',
  status: 200,
  value,
  next: undefined,
  milliseconds: 1,
  trace: undefined,
});

test('a poll from before or during a switch does not undo it', async () => {
  const store = createStore({ ...INITIAL, scenarios: [OFF] });
  const isOn = () => store.get().scenarios[0]?.active;
  let polled = Promise.withResolvers<Answer>();
  const started = Promise.withResolvers<Answer>();
  const { switchScenario, refreshScenarios } = createScenarios(store, {
    act: () => started.promise,
    ask: () => polled.promise,
    reportFailure: assert.fail,
  });

  const before = refreshScenarios();
  const switching = switchScenario('log-storm', 60);
  polled.resolve(answer([OFF]));
  await before;
  assert.equal(isOn(), true, 'while the server starts it');

  polled = Promise.withResolvers();
  const during = refreshScenarios();
  started.resolve(answer(ON));
  await switching;
  polled.resolve(answer([OFF]));
  await during;
  assert.equal(isOn(), true, 'after the server has started it');

  await refreshScenarios();
  assert.equal(isOn(), false, 'the next poll counts');
});
