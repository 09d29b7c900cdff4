import assert from 'node:assert/strict';
import test from 'node:test';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { MetricsSyntaxError, parseMetrics } from './prometheus-text.ts';

test('the example of the OpenMetrics specification', () => {
  const samples = parseMetrics(
    `# TYPE acme_http_router_request_seconds summary
# UNIT acme_http_router_request_seconds seconds
# HELP acme_http_router_request_seconds Latency though all of ACME's HTTP request router.
acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32
acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283.0
acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325.0
# TYPE go_goroutines gauge
go_goroutines 69
# TYPE foo histogram
foo_bucket{le="0.01"} 0
foo_bucket{le="0.1"} 8 # {} 0.054
foo_bucket{le="10.0"} 17 1605281400.5 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789
# EOF
this is no longer read`,
    'openmetrics',
  );
  assert.deepEqual(
    samples.map(({ name, type, value }) => [name, type, value]),
    [
      ['acme_http_router_request_seconds_sum', 'summary', 9036.32],
      ['acme_http_router_request_seconds_count', 'summary', 807283],
      ['acme_http_router_request_seconds_created', 'gauge', 1605281325],
      ['go_goroutines', 'gauge', 69],
      ['foo_bucket', 'histogram', 0],
      ['foo_bucket', 'histogram', 8],
      ['foo_bucket', 'histogram', 17],
    ],
  );
  assert.deepEqual(samples[5]?.exemplar, { labels: {}, value: 0.054, timestampMs: undefined });
  assert.deepEqual(samples[6], {
    name: 'foo_bucket',
    type: 'histogram',
    labels: { le: '10.0' },
    value: 17,
    timestampMs: 1605281400500,
    exemplar: { labels: { trace_id: 'oHg5SJYRHA0' }, value: 9.8, timestampMs: 1520879607789 },
  });
});

test('the example of the classic format', () => {
  const samples = parseMetrics(
    `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045
not_a_number NaN\r
negative{a="}",b="#",} -Inf
{"utf.8 name",label="x"} 1
`,
    'classic',
  );
  assert.deepEqual(
    samples.map(({ name, type, labels, value, timestampMs }) => [name, type, labels, value, timestampMs]),
    [
      ['http_requests_total', 'counter', { method: 'post', code: '200' }, 1027, 1395066363000],
      ['http_requests_total', 'counter', { method: 'post', code: '400' }, 3, 1395066363000],
      [
        'msdos_file_access_time_seconds',
        'unknown',
        { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
        1.458255915e9,
        undefined,
      ],
      ['metric_without_timestamp_and_labels', 'unknown', {}, 12.47, undefined],
      ['something_weird', 'unknown', { problem: 'division by zero' }, Number.POSITIVE_INFINITY, -3982045],
      ['not_a_number', 'unknown', {}, Number.NaN, undefined],
      ['negative', 'unknown', { a: '}', b: '#' }, Number.NEGATIVE_INFINITY, undefined],
      ['utf.8 name', 'unknown', { label: 'x' }, 1, undefined],
    ],
  );
});

test("prom-client's OpenMetrics output, with exemplars", async () => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  const times = new Histogram<'beast' | 'traceID' | 'spanID'>({
    name: 'mythical_request_times',
    help: 'with "quotes" and \\ and\nlines',
    labelNames: ['beast'],
    buckets: [10, 100],
    enableExemplars: true,
    registers,
  });
  const exemplarLabels = { traceID: 'a'.repeat(32), spanID: 'b'.repeat(16) };
  times.observe({ labels: { beast: 'uni"corn\\\n' }, value: 42, exemplarLabels });
  new Counter({ name: 'recorded', help: 'x', registers }).inc(2);
  new Gauge({ name: 'level', help: 'x', registers }).set(Number.NaN);
  new Summary({ name: 'sizes', help: 'x', percentiles: [0.5], registers }).observe(7);

  const samples = parseMetrics(await registry.metrics(), 'openmetrics');
  const find = (name: string, le?: string) => {
    const sample = samples.find((candidate) => candidate.name === name && candidate.labels.le === le);
    assert.ok(sample, name);
    return sample;
  };
  assert.equal(find('mythical_request_times_bucket', '10').value, 0);
  const bucket = find('mythical_request_times_bucket', '100');
  assert.equal(bucket.type, 'histogram');
  assert.equal(bucket.labels.beast, 'uni"corn\\\n');
  assert.deepEqual(bucket.exemplar?.labels, exemplarLabels);
  assert.equal(bucket.exemplar?.value, 42);
  assert.ok(Math.abs((bucket.exemplar?.timestampMs ?? 0) - Date.now()) < 5000);
  assert.equal(find('mythical_request_times_count').value, 1);
  assert.deepEqual([find('recorded_total').type, find('recorded_total').value], ['counter', 2]);
  assert.ok(Number.isNaN(find('level').value));
  assert.equal(samples.find(({ labels }) => labels.quantile === '0.5')?.type, 'summary');
});

for (const format of ['classic', 'openmetrics'] as const) {
  test(`ignores leading spaces: ${format}`, () => {
    const text = '  # HELP x h\n\t# TYPE x gauge\n  x 1\n \n\t {"y z"} 2\n  # EOF\n';
    assert.deepEqual(
      parseMetrics(text, format).map(({ name, type, value }) => [name, type, value]),
      [
        ['x', 'gauge', 1],
        ['y z', 'unknown', 2],
      ],
    );
  });
}

test('a backslash may be before any character of a value, also before one that ends lines elsewhere', () => {
  for (const character of ['\r', '\u2028', '\u2029']) {
    const [sample] = parseMetrics(`up{path="a\\${character}b"} 1`, 'classic');
    assert.ok(sample?.labels.path?.endsWith(`${character}b`), JSON.stringify(sample));
  }
});

test('of two names, the one before the braces counts', () => {
  assert.equal(parseMetrics('up{"x.y"} 1', 'classic')[0]?.name, 'up');
});

test('TYPE accepts quoted names with spaces and escapes', () => {
  const text =
    '# TYPE "request time \\"ms\\"" gauge\n{"request time \\"ms\\""} 1\n#TYPE x gauge\nx 1\n# TYPE  y\tcounter \ny 1\n';
  assert.deepEqual(
    parseMetrics(text, 'classic').map(({ name, type }) => [name, type]),
    [
      ['request time "ms"', 'gauge'],
      ['x', 'unknown'],
      ['y', 'counter'],
    ],
  );
});

test('the classic format only accepts whole milliseconds', () => {
  for (const bad of ['name 1 1.5', 'name 1 1e3', 'name 1 NaN']) {
    assert.throws(() => parseMetrics(bad, 'classic'), /line 1, column \d+: expected a timestamp in whole milliseconds/);
  }
});

for (const bad of [
  'name',
  'name{a="b",a="c"} 1',
  'name{',
  'name{a} 1',
  'name{a="b} 1',
  'name{a="b"c="d"} 1',
  'name{="b"} 1',
  'name 1 2 3',
  'name one',
  'name 0x10',
  'name 1 # 5',
  'name 1 # {a="b"}',
  '9name 1',
  '{} 1',
  '<!doctype html>',
]) {
  test(`rejects ${bad}`, () => {
    assert.throws(
      () => parseMetrics(`ok 1\n${bad}\n`, 'openmetrics'),
      (error) => error instanceof MetricsSyntaxError && /^line 2, column \d+: expected /.test(error.message),
    );
  });
}

test('metric families may be named like properties of Object', () => {
  const [sample] = parseMetrics('# TYPE constructor toString\nconstructor{__proto__="x"} 1', 'classic');
  assert.equal(sample?.type, 'unknown');
});

test('parses 100,000 lines in linear time', () => {
  const line = (index: number) =>
    `mythical_request_times_bucket{le="${index}",method="GET",status="200",beast="unicorn"} ${index} # {traceID="${'a'.repeat(32)}"} 1.5 1763700000.123\n`;
  const text = `# TYPE mythical_request_times histogram\n${Array.from({ length: 100_000 }, (_, index) => line(index)).join('')}`;
  const startedAt = performance.now();
  assert.equal(parseMetrics(text, 'openmetrics').length, 100_000);
  assert.ok(performance.now() - startedAt < 10_000, `${performance.now() - startedAt} ms`);
});
