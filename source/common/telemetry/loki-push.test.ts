import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { serve } from '../../../tests/support/serve.ts';
import type { LogEntry } from './log-entry.ts';
import { createLokiPush } from './loki-push.ts';
import { createMetrics, type Metrics } from './metrics.ts';

const labels = { service_name: 'test', job: 'test', namespace: 'production' };

type Push = { streams: { stream: Record<string, string>; values: [string, string, Record<string, string>][] }[] };

/** A Loki that answers with the given statuses in turn, then with 204. */
async function startLoki(statuses: number[] = []) {
  const pushes: Push[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = await serve(async (request, response) => {
    const body = JSON.parse(await text(request)) as Push;
    authorizations.push(request.headers.authorization);
    const status = statuses.shift() ?? 204;
    if (status === 204) pushes.push(body);
    response.writeHead(status).end();
  });
  return {
    ...server,
    pushes,
    authorizations,
    url: `${server.url}/loki/api/v1/push`,
    lines: () => pushes.flatMap(({ streams }) => streams).flatMap(({ values }) => values.map(([, line]) => line)),
  };
}

function entry(line: string, extra: Partial<LogEntry> = {}): LogEntry {
  return {
    time: new Date(),
    offsetMs: 0,
    level: 'info',
    message: line,
    fields: {},
    span: undefined,
    kind: undefined,
    line,
    ...extra,
  };
}

async function outcome(metrics: Metrics, name: 'sent' | 'dropped'): Promise<number> {
  const line = (await metrics.registry.metrics()).split('\n').find((line) => line.includes(`outcome="${name}"`));
  return Number(line?.split(' ')[1]);
}

describe('pushing log lines to Loki', () => {
  test('takes a user and password from the address', async () => {
    await using loki = await startLoki();
    const push = createLokiPush(loki.url.replace('://', '://user:secret@'), labels, createMetrics());
    push.push(entry('x'));
    await push[Symbol.asyncDispose]();
    assert.deepEqual(loki.lines(), ['x']);
    assert.deepEqual(loki.authorizations, [`Basic ${btoa('user:secret')}`]);
  });

  test('flushes when it is closed, grouped by labels, with the trace as structured metadata', async () => {
    await using loki = await startLoki();
    const metrics = createMetrics();
    const push = createLokiPush(loki.url, labels, metrics);
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    push.push(entry('one', { span, kind: { tag: 'beast', value: 'unicorn' } }));
    push.push(entry('two', { level: 'error' }));
    push.push(entry('three', { span, kind: { tag: 'beast', value: 'unicorn' } }));
    await push[Symbol.asyncDispose]();

    assert.equal(loki.pushes.length, 1);
    const [first, second] = loki.pushes[0]!.streams;
    assert.deepEqual(first!.stream, { ...labels, level: 'info', beast: 'unicorn' });
    assert.deepEqual(
      first!.values.map(([, line]) => line),
      ['one', 'three'],
    );
    assert.deepEqual(first!.values[0]![2], { traceID: span.traceId, spanID: span.spanId });
    assert.deepEqual(second!.stream, { ...labels, level: 'error' });
    assert.equal(await outcome(metrics, 'sent'), 3);
  });

  test('keeps the order of lines of the same millisecond', async () => {
    await using loki = await startLoki();
    const push = createLokiPush(loki.url, labels, createMetrics());
    const time = new Date();
    for (let index = 0; index < 50; index++) push.push(entry(String(index), { time }));
    await push[Symbol.asyncDispose]();
    const times = loki.pushes[0]!.streams[0]!.values.map(([nanoseconds]) => BigInt(nanoseconds));
    assert.equal(new Set(times).size, 50);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => Number(a - b)),
    );
  });

  test('retries after 429 and 5xx, in order, without loss', async () => {
    await using loki = await startLoki([503, 429]);
    const metrics = createMetrics();
    const push = createLokiPush(loki.url, labels, metrics);
    for (let index = 0; index < 5; index++) push.push(entry(String(index)));
    await push[Symbol.asyncDispose]();
    assert.deepEqual(loki.lines(), ['0', '1', '2', '3', '4']);
    assert.equal(await outcome(metrics, 'dropped'), 0);
  });

  test('drops a batch that Loki refuses, and continues with the next', async () => {
    await using loki = await startLoki([400]);
    const metrics = createMetrics();
    const push = createLokiPush(loki.url, labels, metrics);
    for (let index = 0; index < 1_500; index++) push.push(entry(String(index)));
    await push[Symbol.asyncDispose]();
    assert.equal(await outcome(metrics, 'dropped'), 1_000);
    assert.equal(await outcome(metrics, 'sent'), 500);
  });

  test('while Loki is unavailable, buffers the newest lines and counts the rest as dropped', async () => {
    const metrics = createMetrics();
    const push = createLokiPush('http://127.0.0.1:1/loki/api/v1/push', labels, metrics);
    for (let index = 0; index < 15_000; index++) push.push(entry(String(index)));
    assert.equal(await outcome(metrics, 'dropped'), 5_000);
    assert.match(await metrics.registry.metrics(), /mythical_log_lines_waiting 10000/);
    const start = performance.now();
    await push[Symbol.asyncDispose]();
    assert.ok(performance.now() - start < 4_000, 'closing takes no longer than its deadline');
    assert.equal((await outcome(metrics, 'dropped')) >= 14_000, true);
  });
});
