import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SpanContext } from '@opentelemetry/api';
import { createDanger } from './danger.ts';
import { createNames } from './names.ts';
import { pauseAt, startTraffic } from './traffic.ts';

const spanOf = (traceId: string): SpanContext => ({ traceId, spanId: '1', traceFlags: 1 });

describe('traffic', () => {
  test('is five times as frequent in a burst', () => {
    const inBurst = pauseAt(60_000 * 7 + 5_000, () => 0.5);
    const between = pauseAt(60_000 * 7 + 30_000, () => 0.5);
    assert.equal(between, 500);
    assert.equal(inBurst, 100);
  });

  test('passes the previous action of the same loop to each action', async () => {
    let count = 0;
    const seen: (string | undefined)[] = [];
    const enough = Promise.withResolvers<void>();
    const traffic = startTraffic(
      {
        async act(previous) {
          seen.push(previous?.traceId);
          if (++count >= 3) enough.resolve();
          return { span: spanOf(String(count)), answered: true };
        },
      },
      1,
    );
    await enough.promise;
    await traffic[Symbol.asyncDispose]();
    assert.deepEqual(seen.slice(0, 3), [undefined, '1', '2']);
  });

  test('lets the running action finish when it is stopped', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    let finished = false;
    const traffic = startTraffic(
      {
        async act() {
          started.resolve();
          await finish.promise;
          finished = true;
          return { span: spanOf('1'), answered: true };
        },
      },
      1,
    );
    await started.promise;
    const stopped = traffic[Symbol.asyncDispose]();
    finish.resolve();
    await stopped;
    assert.ok(finished);
  });
});

describe('the danger level', () => {
  test('is the sum of the last 30 s', () => {
    let now = 0;
    const danger = createDanger(() => now);
    danger.add(10);
    now = 20_000;
    danger.add(1);
    assert.equal(danger.level(), 11);
    now = 30_001;
    assert.equal(danger.level(), 1);
    now = 60_000;
    assert.equal(danger.level(), 0);
  });
});

describe('names', () => {
  test('are recalled once, oldest first, and invented if none is remembered', () => {
    const names = createNames(() => 0.5);
    names.remember('unicorn', 'a');
    names.remember('unicorn', 'b');
    assert.equal(names.recall('unicorn'), 'a');
    assert.equal(names.recall('unicorn'), 'b');
    assert.equal(names.recall('unicorn'), names.invent());
    assert.equal(names.recall('owlbear'), names.invent());
  });
});
