import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { time } from '@datadog/pprof';
import { diag } from '@opentelemetry/api';
import { burn } from '../../../tests/support/burn-samples.ts';
import { serve } from '../../../tests/support/serve.ts';
import { until } from '../../../tests/support/until.ts';
import type { Identity } from './identity.ts';
import { SPAN_PROFILES_SUPPORTED } from './span-profiles.ts';
import { startWallPush } from './wall-push.ts';

const skip = SPAN_PROFILES_SUPPORTED ? false : 'not run: span profiles, on Windows';
const identity = { serviceName: 'mythical-server', namespace: 'test' } as Identity;

describe('a failure loses one profile and nothing else', { skip, concurrency: 1 }, () => {
  test('a profiling error is logged as a warning, and reported again at the end', async (t) => {
    const warnings: string[] = [];
    const log = (message: string) => void warnings.push(message);
    diag.setLogger({ error: log, warn: log, info() {}, debug() {}, verbose() {} }, { suppressOverrideMessage: true });
    t.after(() => diag.disable());
    const wall = startWallPush({
      url: 'http://127.0.0.1:1',
      identity,
      intervalMs: 200,
      sampleIntervalUs: 1_000,
      labelsOf: () => assert.fail('on purpose'),
    });
    time.runWithContext({}, () => burn(150));
    await sleep(200);
    time.runWithContext({}, () => burn(50));
    await assert.rejects(async () => wall[Symbol.asyncDispose](), /a profile was lost: on purpose/);
    assert.match(warnings.join(), /a profile was lost: on purpose/);
  });

  test('a collector that never answers delays neither the next profile nor the shutdown', async (t) => {
    const asked: number[] = [];
    await using server = await serve((request) => {
      asked.push(performance.now());
      request.resume();
    });
    const unhandled = t.mock.fn();
    process.on('unhandledRejection', unhandled);
    t.after(() => process.off('unhandledRejection', unhandled));
    const wall = startWallPush({
      url: server.url,
      identity,
      intervalMs: 300,
      sampleIntervalUs: 10_000,
      labelsOf: () => ({}),
    });
    await until(() => asked.length >= 3);
    // The interval of 300 ms, and not also the time that a push may take.
    const gap = Math.min(asked[1]! - asked[0]!, asked[2]! - asked[1]!);
    assert.ok(gap < 550, `${gap} ms`);
    const started = performance.now();
    await assert.rejects(async () => wall[Symbol.asyncDispose](), /a profile was lost: /);
    assert.ok(performance.now() - started < 8_000);
    assert.equal(unhandled.mock.callCount(), 0);
  });
});
