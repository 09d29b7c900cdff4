import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as grpc from '@grpc/grpc-js';
import { type Context, context, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as GrpcTraces } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { IN_MEMORY, type Lens, startLens } from '../lens.ts';

const GZIP = { compression: 'gzip' } as { compression: never };

/** The ways of an SDK's exporters to lens. */
const WAYS = {
  gRPC: (lens: Lens) => ({
    traces: new GrpcTraces({ url: lens.otlpGrpcUrl }),
    logs: new GrpcLogs({ url: lens.otlpGrpcUrl }),
    metrics: new GrpcMetrics({ url: lens.otlpGrpcUrl }),
  }),
  'gRPC with gzip': (lens: Lens) => ({
    traces: new GrpcTraces({ url: lens.otlpGrpcUrl, ...GZIP }),
    logs: new GrpcLogs({ url: lens.otlpGrpcUrl, ...GZIP }),
    metrics: new GrpcMetrics({ url: lens.otlpGrpcUrl, ...GZIP }),
  }),
  'HTTP with protobuf': (lens: Lens) => ({
    traces: new ProtoTraces({ url: `${lens.otlpHttpUrl}/v1/traces` }),
    logs: new ProtoLogs({ url: `${lens.otlpHttpUrl}/v1/logs` }),
    metrics: new ProtoMetrics({ url: `${lens.otlpHttpUrl}/v1/metrics` }),
  }),
  'HTTP with JSON and gzip, on the page’s port': (lens: Lens) => ({
    traces: new JsonTraces({ url: `${lens.url}/v1/traces`, ...GZIP }),
    logs: new JsonLogs({ url: `${lens.url}/v1/logs`, ...GZIP }),
    metrics: new JsonMetrics({ url: `${lens.url}/v1/metrics`, ...GZIP }),
  }),
};

const resource = resourceFromAttributes({ 'service.name': 'mythical-server', 'service.namespace': 'test' });

async function recordOf(lens: Lens, table: string, where = 'true'): Promise<Record<string, unknown>> {
  const { columns, rows } = await lens.query(`SELECT * FROM ${table} WHERE ${where}`);
  assert.equal(rows.length, 1, `${rows.length} rows in ${table} where ${where}`);
  return Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]![index]]));
}

for (const [way, exporters] of Object.entries(WAYS)) {
  describe(`OTLP over ${way}`, () => {
    let lens: Lens;
    before(async () => {
      lens = await startLens(IN_MEMORY, assert.fail);
    });
    after(() => lens[Symbol.asyncDispose]());

    test('spans arrive whole', async () => {
      const provider = new TracerProvider({
        resource,
        spanProcessors: [new BatchSpanProcessor({ exporter: exporters(lens).traces })],
      });
      const tracer = provider.getTracer('test');
      const linked = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED };
      const root = tracer.startSpan('POST /:beast', {
        kind: SpanKind.SERVER,
        startTime: [1_763_700_000, 123_456_789],
        attributes: {
          beast: 'unicorn',
          'http.method': 'POST',
          'url.path': '/unicorn',
          'http.status_code': 500,
          'service.version': '2.0.0',
          flags: [true, false],
          ratio: 0.5,
        },
        links: [{ context: linked, attributes: { why: 'previous' } }],
      });
      root.addEvent('exception', { 'exception.message': 'no name' }, [1_763_700_000, 200_000_000]);
      root.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' });
      const inRoot: Context = trace.setSpan(context.active(), root);
      const child = tracer.startSpan('pg.query', { kind: SpanKind.CLIENT }, inRoot);
      child.end();
      root.end([1_763_700_001, 373_456_789]);
      await provider.shutdown();

      const { attributes, resource: resourceJson, ...span } = await recordOf(lens, 'spans', "name = 'POST /:beast'");
      assert.deepEqual(span, {
        trace_id: root.spanContext().traceId,
        span_id: root.spanContext().spanId,
        parent_span_id: null,
        service: 'mythical-server',
        name: 'POST /:beast',
        kind: 'server',
        start_time: '2025-11-21T04:40:00.123456Z',
        duration_ms: 1250,
        status: 'error',
        status_message: 'failed',
        beast: 'unicorn',
        http_method: 'POST',
        http_target: '/unicorn',
        http_status_code: 500,
        version: '2.0.0',
        events: [
          { name: 'exception', time: '2025-11-21T04:40:00.200000Z', attributes: { 'exception.message': 'no name' } },
        ],
        links: [{ trace_id: linked.traceId, span_id: linked.spanId, attributes: { why: 'previous' } }],
      });
      assert.deepEqual((attributes as Record<string, unknown>).flags, [true, false]);
      assert.equal((attributes as Record<string, unknown>).ratio, 0.5);
      assert.equal((resourceJson as Record<string, unknown>)['service.namespace'], 'test');
      const childRow = await recordOf(lens, 'spans', "name = 'pg.query'");
      assert.equal(childRow.parent_span_id, root.spanContext().spanId);
      assert.equal(childRow.trace_id, root.spanContext().traceId);
      assert.equal(childRow.kind, 'client');
      assert.equal(childRow.beast, null);
    });

    test('log records arrive with their level and trace', async () => {
      const provider = new LoggerProvider({
        resource,
        processors: [new BatchLogRecordProcessor({ exporter: exporters(lens).logs })],
      });
      const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
      const logger = provider.getLogger('test');
      logger.emit({
        body: 'a beast was born',
        severityNumber: 13,
        severityText: 'WARN',
        attributes: { endpoint: 'owlbear', big: 2 ** 40 },
        timestamp: [1_763_700_000, 5_000],
        context: trace.setSpanContext(context.active(), spanContext),
      });
      logger.emit({ body: { nested: ['value', 1] }, severityNumber: 17 });
      await provider.shutdown();

      assert.deepEqual(await recordOf(lens, 'logs', "level = 'warn'"), {
        time: '2025-11-21T04:40:00.000005Z',
        service: 'mythical-server',
        level: 'warn',
        trace_id: spanContext.traceId,
        span_id: spanContext.spanId,
        body: 'a beast was born',
        attributes: { endpoint: 'owlbear', big: 2 ** 40 },
        source: 'otlp',
      });
      const second = await recordOf(lens, 'logs', "level = 'error'");
      assert.equal(second.body, '{"nested":["value",1]}');
      assert.equal(second.trace_id, null);
    });

    test('metrics arrive in the form that Prometheus gives them', async () => {
      const provider = new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({ exporter: exporters(lens).metrics, exportIntervalMillis: 60_000 }),
        ],
        views: [{ instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
      });
      const meter = provider.getMeter('test');
      meter.createCounter('beasts.born', { unit: '{beast}' }).add(3, { beast: 'unicorn', 'a.b': 1 });
      meter.createUpDownCounter('queue.depth').add(-2);
      meter.createGauge('memory.used', { unit: 'By' }).record(10.5);
      const histogram = meter.createHistogram('request.duration', {
        unit: 's',
        advice: { explicitBucketBoundaries: [0.1, 1] },
      });
      for (const value of [0.05, 0.5, 0.7, 5]) histogram.record(value);
      const exponential = meter.createHistogram('exponential');
      for (const value of [0, 1, 2, 4]) exponential.record(value);
      await provider.shutdown();

      const { rows } = await lens.query(
        "SELECT name, type, labels, value FROM metrics WHERE name NOT LIKE 'exponential%' AND name NOT LIKE 'otel%' ORDER BY name, value",
      );
      assert.deepEqual(rows, [
        ['beasts_born_total', 'counter', { beast: 'unicorn', a_b: '1' }, 3],
        ['memory_used_bytes', 'gauge', {}, 10.5],
        ['queue_depth', 'gauge', {}, -2],
        ['request_duration_seconds_bucket', 'histogram', { le: '0.1' }, 1],
        ['request_duration_seconds_bucket', 'histogram', { le: '1' }, 3],
        ['request_duration_seconds_bucket', 'histogram', { le: '+Inf' }, 4],
        ['request_duration_seconds_count', 'histogram', {}, 4],
        ['request_duration_seconds_sum', 'histogram', {}, 6.25],
      ]);
      const upTo = async (bound: number) =>
        (
          await lens.query(
            `SELECT max(value) FROM metrics WHERE name = 'exponential_bucket' AND (labels->>'le') <> '+Inf' AND (labels->>'le')::DOUBLE <= ${bound}`,
          )
        ).rows[0]?.[0];
      assert.deepEqual([await upTo(0.5), await upTo(1.01), await upTo(2.01), await upTo(4.01)], [1, 2, 3, 4]);
    });
  });
}

describe('OTLP', () => {
  let lens: Lens;
  before(async () => {
    lens = await startLens(IN_MEMORY, assert.fail);
  });
  after(() => lens[Symbol.asyncDispose]());

  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    fetch(lens.otlpHttpUrl + path, { method: 'POST', body, headers });
  const JSON_TYPE = { 'content-type': 'application/json' };
  const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

  const spanJson = (span: object) =>
    JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans: [{ name: 'x', ...span }] }] }] });

  test('responses are empty when all was stored', async () => {
    const json = await post('/v1/logs', '{"resourceLogs":[]}', JSON_TYPE);
    assert.equal(json.status, 200);
    assert.match(json.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(await json.text(), '{}');
    const protobuf = await post('/v1/logs', new Uint8Array(), PROTOBUF_TYPE);
    assert.equal(protobuf.status, 200);
    assert.equal(protobuf.headers.get('content-type'), 'application/x-protobuf');
    assert.equal((await protobuf.arrayBuffer()).byteLength, 0);
  });

  test('ids in JSON are hexadecimal, enums may be numbers or names, times text or numbers', async () => {
    const span = {
      traceId: '5B8EFFF798038103D269B633813FC60C',
      spanId: 'EEE19B7EC3C1B174',
      kind: 'SPAN_KIND_CONSUMER',
      startTimeUnixNano: '1544712660000000000',
      endTimeUnixNano: 1544712661000000000,
      attributes: [{ key: 'n', value: { intValue: '9007199254740993' } }],
    };
    assert.equal((await post('/v1/traces', spanJson(span), JSON_TYPE)).status, 200);
    const row = await recordOf(lens, 'spans', `span_id = '${span.spanId.toLowerCase()}'`);
    assert.equal(row.trace_id, span.traceId.toLowerCase());
    assert.equal(row.kind, 'consumer');
    assert.equal(row.duration_ms, 1000);
    assert.equal(row.start_time, '2018-12-13T14:51:00.000Z');
    assert.deepEqual(row.attributes, { n: '9007199254740993' });
    assert.equal(row.service, 'unknown_service');
  });

  test('spans without ids are rejected by a partial success, the others stored', async () => {
    const good = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), name: 'good' };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [good, { name: 'no ids' }] }] }] });
    const response = await post('/v1/traces', body, JSON_TYPE);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      partialSuccess: { rejectedSpans: '1', errorMessage: 'a span needs a trace_id and a span_id' },
    });
    assert.equal((await recordOf(lens, 'spans', `trace_id = '${good.traceId}'`)).name, 'good');
  });

  test('points with delta temporality are rejected by a partial success', async () => {
    const sum = { dataPoints: [{ asInt: '1' }], aggregationTemporality: 1, isMonotonic: true };
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'd', sum }] }] }] });
    const response = await post('/v1/metrics', body, JSON_TYPE);
    const { partialSuccess } = (await response.json()) as { partialSuccess: Record<string, string> };
    assert.equal(partialSuccess.rejectedDataPoints, '1');
    const selfMetrics = await (await fetch(`${lens.url}/metrics`)).text();
    assert.match(selfMetrics, /lens_dropped_items_total\{signal="metrics",reason="unsupported"\} 1/);
  });

  test('a summary and exemplars are kept', async () => {
    const exemplars = [{ timeUnixNano: '1', asDouble: 0.5, traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) }];
    const histogram = {
      aggregationTemporality: 2,
      dataPoints: [{ count: 1, sum: 0.5, bucketCounts: [0, 1, 0], explicitBounds: [0.1, 1], exemplars }],
    };
    const summary = { dataPoints: [{ count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1.5 }] }] };
    const metrics = [
      { name: 'h', histogram },
      { name: 's', summary },
    ];
    await post('/v1/metrics', JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }), JSON_TYPE);
    const bucket = await recordOf(lens, 'metrics', 'exemplar_trace_id IS NOT NULL');
    assert.deepEqual(bucket.labels, { le: '1' });
    assert.equal(bucket.exemplar_value, 0.5);
    assert.equal(bucket.exemplar_span_id, 'f'.repeat(16));
    assert.deepEqual((await recordOf(lens, 'metrics', "name = 's'")).labels, { quantile: '0.5' });
  });

  for (const [what, path, body, headers] of [
    ['truncated protobuf', '/v1/traces', Buffer.from('0a05ff', 'hex'), PROTOBUF_TYPE],
    ['random bytes', '/v1/logs', Buffer.from('ffffffffffffffffffffffff', 'hex'), PROTOBUF_TYPE],
    ['groups nested without an end', '/v1/metrics', Buffer.alloc(100_000, 0x0b), PROTOBUF_TYPE],
    ['no JSON', '/v1/traces', '{"resourceSpans":', JSON_TYPE],
    ['JSON of another shape', '/v1/traces', '{"resourceSpans": 5}', JSON_TYPE],
    ['a JSON list', '/v1/traces', '[]', JSON_TYPE],
    ['an id that is not hexadecimal', '/v1/traces', spanJson({ traceId: 'xyz', spanId: 'd' }), JSON_TYPE],
    ['JSON of a million levels', '/v1/logs', '['.repeat(1e6) + ']'.repeat(1e6), JSON_TYPE],
    ['gzip that is none', '/v1/traces', 'not gzip', { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' }],
  ] as const) {
    test(`${what} is answered with 400`, async () => {
      const response = await post(path, body, headers);
      assert.equal(response.status, 400);
      assert.ok((await response.arrayBuffer()).byteLength > 0);
    });
  }

  test('too much is answered with 413, also when it is small as gzip', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    const response = await post('/v1/traces', bomb, { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' });
    assert.equal(response.status, 413);
  });

  test('another media type is answered with 415', async () => {
    assert.equal((await post('/v1/traces', 'x', { 'content-type': 'text/plain' })).status, 415);
  });

  test('attributes can not change prototypes, and deep ones are cut off', async () => {
    let deep: object = { stringValue: 'bottom' };
    for (let depth = 0; depth < 40; depth += 1) deep = { arrayValue: { values: [deep] } };
    const attributes = [
      { key: '__proto__', value: { stringValue: 'x' } },
      { key: 'deep', value: deep },
      { key: 'none' },
    ];
    const span = { traceId: '9'.repeat(32), spanId: '9'.repeat(16), attributes };
    assert.equal((await post('/v1/traces', spanJson(span), JSON_TYPE)).status, 200);
    const row = await recordOf(lens, 'spans', `trace_id = '${span.traceId}'`);
    assert.deepEqual(Object.keys(row.attributes as object), ['deep', 'none']);
    assert.equal(JSON.stringify(row.attributes).includes('bottom'), false);
  });

  test('over gRPC, bad bytes are INVALID_ARGUMENT and too many RESOURCE_EXHAUSTED', async () => {
    const client = new grpc.Client(new URL(lens.otlpGrpcUrl).host, grpc.credentials.createInsecure());
    const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
    const asIs = (bytes: Buffer) => bytes;
    const call = (bytes: Buffer) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(path, asIs, asIs, bytes, (error, value) => resolve(error?.code ?? value));
      });
    assert.deepEqual(await call(Buffer.alloc(0)), Buffer.alloc(0));
    assert.equal(await call(Buffer.from('0a05ff', 'hex')), grpc.status.INVALID_ARGUMENT);
    assert.equal(await call(Buffer.alloc(17 * 2 ** 20)), grpc.status.RESOURCE_EXHAUSTED);
    client.close();
  });
});
