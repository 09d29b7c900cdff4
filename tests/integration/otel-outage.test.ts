import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Signal } from '../../source/cloud-check/fields.ts';
import { send } from '../support/api.ts';
import { type FakeBackend, startFakeBackend } from '../support/fake-backend.ts';
import { startLoad } from '../support/load.ts';
import { type Configuration, readConfiguration } from '../support/otel-collector.ts';
import { randomId, span, spansOf } from '../support/otlp.ts';
import { startOutageCollector, withSmallQueue } from '../support/outage-collector.ts';
import { realProgram } from '../support/real-program.ts';
import { until } from '../support/until.ts';

// What the pipelines of otel/ lose while a backend is down: the real collector, with a backend that can be told to fail.
// A longer outage: OUTAGE_SECONDS=400 node --test --test-timeout=1200000 tests/integration/otel-outage.test.ts

const OUTAGE_SECONDS = Number(process.env.OUTAGE_SECONDS ?? 8);
const isShort = OUTAGE_SECONDS < 60;

const collector = await realProgram('collector');

/** Shorter, so that a test doesn't wait half a minute for the next scrape. */
function impatient({ exporters }: Configuration): void {
  for (const name of ['otlp_http/loki', 'otlp_grpc/tempo']) {
    const exporter = exporters![name]!;
    exporter.retry_on_failure = {
      ...(exporter.retry_on_failure as object),
      initial_interval: '1s',
      max_interval: '2s',
    };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a part of the configuration, each of another form
const part = (component: unknown): any => component;

const missing = (wanted: string[], found: string[]) => {
  const there = new Set(found);
  return wanted.filter((one) => !there.has(one));
};

const refusedBy = ({ requests }: FakeBackend) => Object.values(requests).reduce((sum, { refused }) => sum + refused, 0);

const lineNumber = (line: string) => Number(line.split(' ')[1]);

async function outage(t: TestContext, of: Signal[], restart?: 'SIGTERM' | 'SIGKILL') {
  await using backend = await startFakeBackend();
  await using running = await startOutageCollector(collector.path!, backend, isShort ? impatient : undefined);
  await using load = startLoad({ otlpHttp: running.ports.otlp, writeLines: (lines) => running.write(lines) });
  await until(() => backend.lines.length > 0 && backend.spanIds.length > 0 && backend.scrapes.length > 0);

  backend.fail(503, ...of);
  const half = (OUTAGE_SECONDS * 1000) / 2;
  let disk = 0;
  using watch = new DisposableStack();
  const timer = setInterval(async () => {
    disk = Math.max(disk, await running.bytesOnDisk());
  }, 1_000);
  watch.defer(() => clearInterval(timer));
  await sleep(half);
  let stopMs = 0;
  let memory = await running.program.peakMegabytes();
  if (restart !== undefined) {
    const started = performance.now();
    await running.stop(restart);
    stopMs = performance.now() - started;
    await running.start();
  }
  await sleep(half);
  const refused = refusedBy(backend);
  await load.stop();
  backend.fail(undefined);
  const backAt = performance.now();

  const isThere = () =>
    missing(load.lines, backend.lines).length === 0 && missing(load.spanIds, backend.spanIds).length === 0;
  await until(isThere, {
    timeoutMs: 90_000,
    what: () =>
      `${missing(load.lines, backend.lines).length} of ${load.lines.length} lines and ` +
      `${missing(load.spanIds, backend.spanIds).length} of ${load.spanIds.length} spans`,
  });
  const seconds = (performance.now() - backAt) / 1000;
  // These may be lost: the tests set how many.
  await until(() => missing(load.fileLines, backend.lines).length === 0, { timeoutMs: 5_000 }).catch(() => {});
  const newest = running.scrapes();
  await until(() => backend.scrapes.includes(newest), { timeoutMs: 15_000 }).catch(() => {});
  memory = Math.max(memory, await running.program.peakMegabytes());

  const lostOfFile = missing(load.fileLines, backend.lines);
  const sent = Math.max(...backend.scrapes);
  const lostScrapes = sent - new Set(backend.scrapes).size;
  const twice = (found: string[]) => found.length - new Set(found).size;
  t.diagnostic(
    `${load.lines.length} lines and ${load.spanIds.length} spans over OTLP, ${load.fileLines.length} lines from files, ` +
      `${sent} scrapes; recovered after ${seconds.toFixed(0)} s; lost: ${lostOfFile.length} lines from files ` +
      `(${lostOfFile.slice(0, 3).map(lineNumber)}), ${lostScrapes} scrapes; twice: ${twice(backend.lines)} lines, ` +
      `${twice(backend.spanIds)} spans; refused to senders: ${load.refused.lines} lines, ${load.refused.spans} spans; ` +
      `${refused} requests refused; ${memory.toFixed(0)} MB of memory, ${(disk / 1e6).toFixed(0)} MB on disk (peak); ` +
      `${running.program.lines.length} lines in its log; stopped within ${(stopMs / 1000).toFixed(1)} s`,
  );
  return {
    load,
    lostOfFile,
    lostScrapes,
    twice: { lines: twice(backend.lines), spans: twice(backend.spanIds) },
    refused,
    stopMs,
  };
}

describe('while the backends are down', {
  skip: collector.skip,
  concurrency: true,
  timeout: 200_000 + OUTAGE_SECONDS * 1_000,
}, () => {
  test('all lines, spans and samples wait, and the backends are not flooded with retries', async (t) => {
    const { load, lostOfFile, lostScrapes, twice, refused } = await outage(t, ['logs', 'traces', 'metrics']);
    assert.deepEqual({ lostOfFile, ...load.refused }, { lostOfFile: [], lines: 0, spans: 0, profiles: 0 });
    assert.deepEqual(twice, { lines: 0, spans: 0 });
    // Each exporter may have ten requests in flight, each retried after a second or two in a short test.
    assert.ok(refused < 50 + (isShort ? 15 : 5) * OUTAGE_SECONDS, `${refused} requests`);
    // One per second, and as many wait in memory.
    const waiting = part(readConfiguration('otel.yml').exporters?.['prometheus_remote_write/scraped']);
    const more = Math.max(0, OUTAGE_SECONDS + 10 - waiting.remote_write_queue.queue_size);
    assert.ok(lostScrapes <= more, `${lostScrapes} scrapes`);
  });

  test('a killed collector loses no line and no span that it accepted', async (t) => {
    const { lostOfFile, twice } = await outage(t, ['logs', 'traces', 'metrics'], 'SIGKILL');
    // Lines that were read from a file but not yet stored, or stored but not yet marked as read: 100 ms, which is one write of
    // this load, or two.
    assert.ok(lostOfFile.length <= 10, `${lostOfFile.length} lines`);
    assert.ok(twice.lines <= 10, `${twice.lines} lines twice`);
    assert.equal(twice.spans, 0);
  });

  test('a stopped collector loses nothing that it accepted', async (t) => {
    const { lostOfFile, twice, stopMs } = await outage(t, ['logs', 'traces'], 'SIGTERM');
    assert.deepEqual(lostOfFile, []);
    assert.deepEqual(twice, { lines: 0, spans: 0 });
    assert.ok(stopMs < 4_500, `stopped after ${stopMs} ms`);
  });

  test('a collector that is stopped while Mimir is down waits for Mimir, and loses no line and no span', async (t) => {
    const { lostOfFile, twice } = await outage(t, ['logs', 'traces', 'metrics'], 'SIGTERM');
    assert.ok(lostOfFile.length <= 10, `${lostOfFile.length} lines`);
    assert.ok(twice.lines <= 10, `${twice.lines} lines twice`);
    assert.equal(twice.spans, 0);
  });

  test('when Mimir’s limit is exceeded, samples wait until they are below it', async (t) => {
    await using backend = await startFakeBackend();
    await using running = await startOutageCollector(collector.path!, backend);
    await until(() => backend.scrapes.length > 0);
    backend.fail(429, 'metrics');
    await until(() => refusedBy(backend) >= 3);
    const newest = running.scrapes();
    backend.fail(undefined);
    const missing = () =>
      Array.from({ length: newest }, (_, index) => index + 1).filter((n) => !backend.scrapes.includes(n));
    await until(() => missing().length === 0, { what: () => `scrapes ${missing()} of ${newest}` });
    t.diagnostic(`${newest} scrapes, ${refusedBy(backend)} requests refused`);
  });

  test('when a queue is full, files are read later', async () => {
    await using backend = await startFakeBackend();
    await using running = await startOutageCollector(collector.path!, backend, withSmallQueue);
    backend.fail(503, 'logs');
    const written = Array.from({ length: 300 }, (_, number) => `file ${number} ${'x'.repeat(180)}`);
    for (let at = 0; at < written.length; at += 50) {
      await running.write(written.slice(at, at + 50));
      await sleep(300);
    }
    backend.fail(undefined);
    await until(() => missing(written, backend.lines).length === 0, {
      timeoutMs: 30_000,
      what: () => `${missing(written, backend.lines).length} of ${written.length} lines`,
    });
  });
});

describe('tail sampling', { skip: collector.skip }, () => {
  test('keeps or drops browser spans together with those of the services', { timeout: 60_000 }, async (t) => {
    await using backend = await startFakeBackend();
    await using running = await startOutageCollector(collector.path!, backend, ({ processors, service }) => {
      const { tail_sampling } = readConfiguration('otel.yml').processors!;
      Object.assign(processors!, { tail_sampling: { ...tail_sampling, decision_wait: '2s' } });
      service.pipelines.traces!.processors = ['tail_sampling'];
    });
    const traces = Array.from({ length: 100 }, (_, index) => ({
      traceId: randomId(16),
      browser: randomId(8),
      server: randomId(8),
      failed: index < 20,
    }));
    for (const [port, of] of [
      [running.ports.faro, 'browser'],
      [running.ports.otlp, 'server'],
    ] as const) {
      const spans = traces.map(({ traceId, [of]: spanId, failed }) =>
        // Only the server knows of failures.
        span(of, { traceId, spanId, kind: 2, ...(failed && of === 'server' && { status: { code: 2 } }) }),
      );
      const { status } = await send('POST', `http://127.0.0.1:${port}/v1/traces`, spansOf(of, spans));
      assert.equal(status, 200);
    }
    await until(() => traces.filter(({ server }) => backend.spanIds.includes(server)).length >= 20);
    await sleep(2_000);
    const kept = (of: 'browser' | 'server') => traces.filter(({ [of]: id }) => backend.spanIds.includes(id));
    t.diagnostic(`kept ${kept('server').length} of ${traces.length}`);
    const ids = (some: typeof traces) => some.map(({ traceId }) => traceId);
    assert.deepEqual(ids(kept('browser')), ids(kept('server')));
    assert.equal(kept('server').filter(({ failed }) => failed).length, 20);
    assert.ok(kept('server').length < 60);
  });
});
