import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXPORT_REQUESTS } from '@mythical/common/otlp';
import { encodeMessage } from '@mythical/common/proto';
import {
  createCounter,
  createMetrics,
  createTracedCounter,
  createTracedHistogram,
} from '@mythical/common/telemetry/metrics';
import { otlpMetric } from '@mythical/common/telemetry/otlp-metrics-data';
import { Gauge, Summary } from 'prom-client';
import { decodeProtobuf } from '../../source/lens/receive/otlp-messages.ts';
import { metricRows } from '../../source/lens/receive/otlp-metrics.ts';
import { sampleRows } from '../../source/lens/receive/prometheus-scrape.ts';
import { parseMetrics } from '../../source/lens/receive/prometheus-text.ts';
import { startSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

// Metrics pushed over OTLP are the same as on /metrics.

const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

/** Sorted, and without sample times. */
function comparable(rows: ReturnType<typeof sampleRows>): string[] {
  return rows
    .map(({ name, type, labels, value, exemplar_trace_id, exemplar_span_id, exemplar_value, exemplar_time }) => {
      const inOrder = Object.entries<string>(JSON.parse(labels)).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const exemplar = [exemplar_trace_id, exemplar_span_id, exemplar_value, exemplar_time].map(String);
      return JSON.stringify([name, type, inOrder, value, exemplar]);
    })
    .toSorted();
}

test('OTLP metrics of each type have the same name, type, labels, value and exemplar as on /metrics', async () => {
  const metrics = createMetrics();
  const { registry } = metrics;
  const times = createTracedHistogram(metrics, {
    name: 'a_times',
    help: 'a',
    labelNames: ['beast'],
    buckets: [1, 2.5, 10],
  });
  for (const value of [0.5, 2.5, 2.6, 11, 11]) times.observe({ beast: 'unicorn' }, value, SPAN);
  times.observe({ beast: 'owl "bear"' }, 7, { ...SPAN, traceFlags: 0 });
  createTracedCounter(metrics, { name: 'an_outcome', help: 'b', labelNames: ['outcome'] }).increment(
    { outcome: 'done' },
    SPAN,
  );
  createCounter(metrics, { name: 'with_suffix_total', help: 'c', labelNames: [] }).inc(2.5);
  createCounter(metrics, { name: 'without_values', help: 'c', labelNames: ['kind'] });
  new Gauge({ name: 'a_gauge_total', help: 'd', registers: [registry] }).set(-1.5);
  const summary = new Summary({
    name: 'a_summary',
    help: 'e',
    percentiles: [0.5, 0.99],
    labelNames: ['x'],
    registers: [registry],
  });
  for (const value of [1, 2, 3]) summary.observe({ x: 'y' }, value);

  // Runtime metrics change between readings, so both use the same one.
  const reading = await registry.getMetricsAsJSON();
  const sent = reading.flatMap((metric) => otlpMetric(metric, { start: 0, now: Date.now() }) ?? []);
  const again = reading.map((metric) => Object.assign(metric, { get: () => metric }));
  const text = await Object.assign(registry, { getMetricsAsArray: () => again }).metrics();
  const scraped = sampleRows(parseMetrics(text, 'openmetrics'), 'a-service', 0n);
  const attributes = [{ key: 'service.name', value: { stringValue: 'a-service' } }];
  const request = { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics: sent }] }] };
  const received = metricRows(decodeProtobuf('metrics', encodeMessage(EXPORT_REQUESTS.metrics, request)));
  assert.equal(received.rejected, 0);
  assert.equal(scraped.filter(({ exemplar_trace_id }) => exemplar_trace_id === SPAN.traceId).length, 5);
  assert.deepEqual(comparable(received.rows), comparable(scraped));
});

describe('OTEL_METRICS_EXPORTER', () => {
  const sandbox = useStarted(startSandbox);

  const scrape = async (url: string) => {
    const response = await fetch(`${url}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
    assert.equal(response.status, 200);
    return response.text();
  };
  /** Without a metric that exists only while a file or a host name is being looked up: in one reading, and not in the next. */
  const distinct = (rows: { name: string; labels: string }[]) =>
    [
      ...new Set(
        rows
          .filter(({ name }) => name !== 'nodejs_active_requests')
          .map(({ name, labels }) => `${name}{${Object.keys(JSON.parse(labels)).toSorted()}}`),
      ),
    ].toSorted();

  for (const [protocol, endpoint] of [
    ['grpc', 'otlpGrpcUrl'],
    ['http/protobuf', 'otlpHttpUrl'],
  ] as const) {
    test(`prometheus,otlp over ${protocol}: pushed metrics equal those on /metrics, their exemplars refer to stored spans, and the other signals arrive`, async () => {
      const namespace = protocol.slice(0, 4);
      const server = await sandbox.start('server', {
        NAMESPACE: namespace,
        OTEL_METRICS_EXPORTER: 'prometheus,otlp',
        OTEL_LOGS_EXPORTER: 'otlp',
        LOGS_TARGET: '',
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_ENDPOINT: sandbox.lens[endpoint],
      });
      for (const _ of Array(20)) await fetch(`${server.url}/unicorn`);
      // Arrives last, after the first export of logs.
      const text = await until(async () => {
        const text = await scrape(server.url);
        return text.includes('otel_sdk_processor_log_processed_total') && text;
      });
      const scraped = sampleRows(parseMetrics(text, 'openmetrics'), 'mythical-server', 0n);
      assert.equal((await server.stop()).code, 0, server.output());
      const sent = await sandbox.rows<{ name: string; labels: string }>(
        `select name, labels::varchar as labels from metrics where service = 'mythical-server' and name <> 'up'`,
      );
      assert.deepEqual(distinct(sent), distinct(scraped));
      const [found] = await sandbox.rows<{ exemplars: number; traces: number; records: number }>(`
        select
          (select count(*)::int from metrics m join spans s on s.trace_id = m.exemplar_trace_id and s.span_id = m.exemplar_span_id
            where m.name = 'mythical_request_times_bucket' and (s.resource->>'service.namespace') = '${namespace}') as exemplars,
          (select count(distinct trace_id)::int from spans where http_target = '/unicorn' and kind = 'server'
            and (resource->>'service.namespace') = '${namespace}') as traces,
          (select count(*)::int from logs where source = 'otlp' and body like '%GET unicorn%') as records`);
      assert.ok(found!.exemplars > 0, 'no exemplar refers to a stored span');
      assert.equal(found!.traces, 20);
      assert.ok(found!.records >= 20);
    });
  }

  test('otlp: /metrics is empty', async () => {
    const server = await sandbox.start('server', { OTEL_METRICS_EXPORTER: 'otlp' });
    assert.equal(await scrape(server.url), '# EOF\n');
    await server.stop();
  });

  test('none: /metrics is empty, and nothing is pushed', async () => {
    await using quiet = await startSandbox();
    const server = await quiet.start('server', { OTEL_METRICS_EXPORTER: 'none', OTEL_METRIC_EXPORT_INTERVAL: '100' });
    assert.equal(await scrape(server.url), '# EOF\n');
    await server.stop();
    assert.deepEqual(await quiet.rows('select * from metrics'), []);
  });

  const WRONG = [
    [{ OTEL_METRICS_EXPORTER: 'otpl' }, /OTEL_METRICS_EXPORTER="otpl": expected one or more of prometheus, otlp/],
    [{ OTEL_METRICS_EXPORTER: 'none,otlp' }, /expected one or more of prometheus, otlp, separated by commas; or none/],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
      /OTEL_EXPORTER_OTLP_PROTOCOL="http\/json": expected one of grpc, http\/protobuf/,
    ],
  ] as const;
  for (const [env, message] of WRONG) {
    test(`the service does not start with ${JSON.stringify(env)}`, async () => {
      await assert.rejects(sandbox.start('server', env), message);
    });
  }
});
