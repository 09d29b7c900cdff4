import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { exportBytes } from '../../../tests/support/otlp.ts';
import { point, requestV1, write } from '../../../tests/support/remote-write.ts';
import { createApp, listenHttp } from '../http/server.ts';
import type { Queries } from '../query.ts';
import { createSelfMetrics } from '../self-metrics.ts';
import type { Store } from '../store/store.ts';
import { listenOtlpGrpc } from './otlp-grpc.ts';

/** Receivers whose store is full for the first attempts. */
async function startReceivers({ refusals, store: answers = {} }: { refusals: number; store?: Partial<Store> }) {
  const attempts: boolean[] = [];
  const store = {
    append: () => {
      attempts.push(attempts.length >= refusals);
      return attempts.at(-1)!;
    },
    ...answers,
  } as unknown as Store;
  const metrics = createSelfMetrics();
  const queries = {} as Queries;
  await using resources = new AsyncDisposableStack();
  const app = createApp({ store, queries, metrics, allowedHosts: [], faroOrigins: [], announce: assert.fail });
  const http = resources.use(await listenHttp(app, 0, '127.0.0.1'));
  const grpc = resources.use(await listenOtlpGrpc({ store, metrics }, 0, '127.0.0.1'));
  const open = resources.move();
  return {
    attempts,
    httpUrl: `http://127.0.0.1:${http.port}`,
    grpcUrl: `http://127.0.0.1:${grpc.port}`,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

for (const [path, body] of [
  ['/v1/traces', '{}'],
  ['/v1/logs', '{}'],
  ['/v1/metrics', '{}'],
  ['/loki/api/v1/push', '{"streams":[]}'],
] as const) {
  test(`${path} answers 429 with Retry-After when the store is full`, async () => {
    await using receivers = await startReceivers({ refusals: Number.POSITIVE_INFINITY });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(receivers.httpUrl + path, { method: 'POST', headers, body });
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.match(await response.text(), /retry later/);
  });
}

for (const [what, answers, status] of [
  ['is full', { append: () => false }, 503],
  ["can't be written", { append: () => true, flush: async () => {}, writeError: () => 'the disk is full' }, 503],
  ['works', { append: () => true, flush: async () => {}, writeError: () => undefined }, 204],
] as const) {
  // Prometheus drops samples on 429.
  test(`remote write responds ${status} when the store ${what}`, async () => {
    await using receivers = await startReceivers({ refusals: 0, store: answers });
    const response = await write(receivers.httpUrl, requestV1([{ labels: { __name__: 'x' }, samples: [point(1)] }]));
    assert.equal(response.status, status);
    assert.equal(response.headers.get('retry-after'), status === 503 ? '1' : null);
    assert.match(await response.text(), status === 204 ? /^$/ : /retry later|the disk is full/);
  });
}

test("an SDK's HTTP exporter retries", async () => {
  await using receivers = await startReceivers({ refusals: 1 });
  const exporter = new ProtoTraces({ url: `${receivers.httpUrl}/v1/traces` });
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  provider.getTracer('test').startSpan('x').end();
  await provider.shutdown();
  assert.deepEqual(receivers.attempts, [false, true]);
});

test("over gRPC the status is UNAVAILABLE, on which collectors retry (the JavaScript SDK doesn't)", async () => {
  await using receivers = await startReceivers({ refusals: Number.POSITIVE_INFINITY });
  assert.equal(await exportBytes(receivers.grpcUrl, Buffer.alloc(0)), grpc.status.UNAVAILABLE);
});
