import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
import { useLens } from '../../../tests/support/lens.ts';
import type { Lens } from '../lens.ts';

const GZIP = { compression: 'gzip' } as { compression: never };

/** How an SDK's exporters can reach lens. */
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

for (const [way, exporters] of Object.entries(WAYS)) {
  describe(`OTLP over ${way}`, () => {
    const lens = useLens();
    const recordOf = (table: string, where: string) => lens.row(`SELECT * FROM ${table} WHERE ${where}`);

    test('spans arrive complete', async () => {
      const provider = new TracerProvider({
        resource,
        spanProcessors: [new BatchSpanProcessor({ exporter: exporters(lens.lens).traces })],
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

      const { attributes, resource: resourceJson, ...span } = await recordOf('spans', "name = 'POST /:beast'");
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
      const childRow = await recordOf('spans', "name = 'pg.query'");
      assert.equal(childRow.parent_span_id, root.spanContext().spanId);
      assert.equal(childRow.trace_id, root.spanContext().traceId);
      assert.equal(childRow.kind, 'client');
      assert.equal(childRow.beast, null);
    });

    test('log records arrive with their level and trace', async () => {
      const provider = new LoggerProvider({
        resource,
        processors: [new BatchLogRecordProcessor({ exporter: exporters(lens.lens).logs })],
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

      assert.deepEqual(await recordOf('logs', "level = 'warn'"), {
        time: '2025-11-21T04:40:00.000005Z',
        service: 'mythical-server',
        level: 'warn',
        trace_id: spanContext.traceId,
        span_id: spanContext.spanId,
        body: 'a beast was born',
        attributes: { endpoint: 'owlbear', big: 2 ** 40 },
        source: 'otlp',
      });
      const second = await recordOf('logs', "level = 'error'");
      assert.equal(second.body, '{"nested":["value",1]}');
      assert.equal(second.trace_id, null);
    });

    test("metrics arrive in Prometheus's data model", async () => {
      const provider = new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({ exporter: exporters(lens.lens).metrics, exportIntervalMillis: 60_000 }),
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

      const { rows } = await lens.lens.query(
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
          await lens.lens.query(
            `SELECT max(value) FROM metrics WHERE name = 'exponential_bucket' AND (labels->>'le') <> '+Inf' AND (labels->>'le')::DOUBLE <= ${bound}`,
          )
        ).rows[0]?.[0];
      assert.deepEqual([await upTo(0.5), await upTo(1.01), await upTo(2.01), await upTo(4.01)], [1, 2, 3, 4]);
    });
  });
}
