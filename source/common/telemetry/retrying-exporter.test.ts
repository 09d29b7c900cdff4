import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, isTracingSuppressed } from '@opentelemetry/core';
import { createContextManager } from './context-manager.ts';
import { createRetryingExporter } from './retrying-exporter.ts';

/** Creates exporters; the first `failures` of them fail. */
function exporters(failures: number) {
  let made = 0;
  let shutDown = 0;
  const exported: string[][] = [];
  const create = () => {
    const number = ++made;
    return {
      export(items: string[], done: (result: ExportResult) => void) {
        if (number <= failures) return done({ code: ExportResultCode.FAILED, error: new Error('away') });
        exported.push(items);
        done({ code: ExportResultCode.SUCCESS });
      },
      async shutdown() {
        shutDown++;
      },
    };
  };
  return { create, exported, made: () => made, shutDown: () => shutDown };
}

async function advance(milliseconds: number): Promise<void> {
  for (let elapsed = 0; elapsed < milliseconds; elapsed += 500) {
    mock.timers.tick(500);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}

test('exports immediately when the collector is available', async () => {
  const { create, exported } = exporters(0);
  const result = await new Promise<ExportResult>((resolve) =>
    createRetryingExporter(create, new AbortController().signal).export(['a'], resolve),
  );
  assert.equal(result.code, ExportResultCode.SUCCESS);
  assert.deepEqual(exported, [['a']]);
});

test('retries with a new exporter, because a gRPC channel backs off for too long', async (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const { create, exported, made, shutDown } = exporters(3);
  const result = new Promise<ExportResult>((resolve) =>
    createRetryingExporter(create, new AbortController().signal).export(['a'], resolve),
  );
  await advance(4_000);
  assert.equal((await result).code, ExportResultCode.SUCCESS);
  assert.deepEqual(exported, [['a']]);
  assert.equal(made(), 4);
  assert.equal(shutDown(), 3, 'earlier ones are shut down');
});

test('gives up a batch after 25 s', async (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const start = Date.now();
  let end = 0;
  const { create } = exporters(Number.POSITIVE_INFINITY);
  const result = new Promise<ExportResult>((resolve) =>
    createRetryingExporter(create, new AbortController().signal).export(['a'], resolve),
  ).then((result) => {
    end = Date.now();
    return result;
  });
  await advance(40_000);
  assert.equal((await result).error?.message, 'away');
  assert.ok(end - start <= 25_000, `${end - start} ms`);
  assert.ok(end - start > 20_000, `${end - start} ms`);
});

test('retries each batch only once when the service stops', async () => {
  const { create, made } = exporters(Number.POSITIVE_INFINITY);
  const stopping = new AbortController();
  const exporter = createRetryingExporter(create, stopping.signal);
  const waiting = new Promise<ExportResult>((resolve) => exporter.export(['a'], resolve));
  await new Promise(setImmediate);
  assert.equal(made(), 1);
  stopping.abort();
  const late = new Promise<ExportResult>((resolve) => exporter.export(['b'], resolve));
  const results = await Promise.all([waiting, late]);
  assert.deepEqual(
    results.map(({ code }) => code),
    [ExportResultCode.FAILED, ExportResultCode.FAILED],
  );
  assert.equal(made(), 2);
});

test("exports outside of any request's context, untraced", async (t) => {
  context.setGlobalContextManager(createContextManager());
  t.after(() => context.disable());
  const span = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
  const seen: unknown[] = [];
  const exporter = createRetryingExporter(
    () => ({
      export(_items: string[], done: (result: ExportResult) => void) {
        seen.push(trace.getSpan(context.active()), isTracingSuppressed(context.active()));
        done({ code: ExportResultCode.SUCCESS });
      },
      async shutdown() {},
    }),
    new AbortController().signal,
  );
  await context.with(
    trace.setSpan(ROOT_CONTEXT, span),
    () => new Promise((resolve) => exporter.export(['a'], resolve)),
  );
  assert.deepEqual(seen, [undefined, true]);
});
