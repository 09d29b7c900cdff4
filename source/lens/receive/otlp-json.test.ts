import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useLens } from '../../../tests/support/lens.ts';
import { logsRequest, metricsRequest, spansRequest } from '../../../tests/support/otlp.ts';

const START = '1763700000123456789';
const END = '1763700000223456789';

let lastSpan = 0;

/** A span with a unique id. */
function span(changes: Record<string, unknown> = {}) {
  lastSpan += 1;
  const spanId = lastSpan.toString(16).padStart(16, '0');
  return { traceId: 'c'.repeat(32), spanId, name: 'x', startTimeUnixNano: START, endTimeUnixNano: END, ...changes };
}

/** With protobuf's field names, which its JSON mapping also allows. */
function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      toSnakeCase(item),
    ]),
  );
}

describe('OTLP/JSON', () => {
  const lens = useLens();
  const rowOf = ({ spanId }: { spanId: string }) => lens.row(`SELECT * FROM spans WHERE span_id = '${spanId}'`);

  test('snake_case names are accepted on all signals', async () => {
    const sent = span({ parentSpanId: 'b'.repeat(16), attributes: [{ key: 'a', value: { intValue: '5' } }] });
    assert.equal((await lens.post('/v1/traces', toSnakeCase(spansRequest(sent)))).status, 200);
    const row = await rowOf(sent);
    assert.equal(row.parent_span_id, 'b'.repeat(16));
    assert.equal(row.duration_ms, 100);
    assert.deepEqual(row.attributes, { a: 5 });

    const record = { timeUnixNano: START, severityText: 'WARN', body: { stringValue: 'snake' } };
    await lens.post('/v1/logs', toSnakeCase(logsRequest(record)));
    assert.equal((await lens.row("SELECT level FROM logs WHERE body = 'snake'")).level, 'warn');

    const metric = { name: 'snake', gauge: { dataPoints: [{ timeUnixNano: START, asInt: '3' }] } };
    await lens.post('/v1/metrics', toSnakeCase(metricsRequest(metric)));
    assert.equal((await lens.row("SELECT value FROM metrics WHERE name = 'snake'")).value, 3);
  });

  for (const [path, body] of [
    ['/v1/traces', { resourcespans: [] }],
    ['/v1/traces', { resourceLogs: [] }],
    ['/v1/logs', { streams: [] }],
    ['/v1/metrics', { data: { resourceMetrics: [] } }],
  ] as const) {
    test(`rejects a body without known fields: ${JSON.stringify(body)} at ${path}`, async () => {
      const response = await lens.post(path, body);
      assert.equal(response.status, 400);
      const { message } = (await response.json()) as { message: string };
      assert.match(message, /expected resource(Spans|Logs|Metrics), not (resourcespans|resourceLogs|streams|data)$/);
    });
  }

  test('ignores unknown fields next to known ones', async () => {
    const sent = span({ dropped: 1, flags: 257, traceState: 'a=b' });
    assert.equal((await lens.post('/v1/traces', { ...spansRequest(sent), more: {} })).status, 200);
    assert.equal((await rowOf(sent)).name, 'x');
    assert.equal((await lens.post('/v1/traces', {})).status, 200);
  });

  const value = (any: object) => ({ attributes: [{ key: 'a', value: any }] });
  for (const [field, changes] of [
    ['startTimeUnixNano', { startTimeUnixNano: '1.79e18' }],
    ['startTimeUnixNano', { startTimeUnixNano: 'abc' }],
    ['startTimeUnixNano', { startTimeUnixNano: '' }],
    ['startTimeUnixNano', { startTimeUnixNano: ` ${START}` }],
    ['startTimeUnixNano', { startTimeUnixNano: `${START} ` }],
    ['startTimeUnixNano', { startTimeUnixNano: '-1' }],
    ['startTimeUnixNano', { startTimeUnixNano: '18446744073709551616' }],
    ['startTimeUnixNano', { startTimeUnixNano: true }],
    ['startTimeUnixNano', { startTimeUnixNano: 1.5 }],
    ['start_time_unix_nano', { startTimeUnixNano: undefined, start_time_unix_nano: '1e3' }],
    ['endTimeUnixNano', { endTimeUnixNano: '0x10' }],
    ['timeUnixNano', { events: [{ timeUnixNano: 'now' }] }],
    ['intValue', value({ intValue: '12abc' })],
    ['intValue', value({ intValue: '1e3' })],
    ['intValue', value({ intValue: '9223372036854775808' })],
    ['boolValue', value({ boolValue: 'false' })],
    ['boolValue', value({ boolValue: 0 })],
    ['doubleValue', value({ doubleValue: 'abc' })],
    ['doubleValue', value({ doubleValue: '' })],
    ['stringValue', value({ stringValue: 5 })],
    ['bytesValue', value({ bytesValue: 'no base64!' })],
    ['kind', { kind: 'SPAN_KIND_OTHER' }],
    ['kind', { kind: '' }],
    ['code', { status: { code: 'ERROR' } }],
    ['name', { name: 5 }],
    ['attributes', { attributes: {} }],
    ['traceId', { traceId: 'xyz' }],
    ['span_id', { span_id: 'abc', spanId: undefined }],
  ] as const) {
    test(`400 names the field: ${JSON.stringify(changes)}`, async () => {
      const response = await lens.post('/v1/traces', spansRequest(span(changes)));
      assert.equal(response.status, 400);
      const { code, message } = (await response.json()) as { code: number; message: string };
      assert.equal(code, 3);
      assert.match(message, new RegExp(`\\b${field}: `));
    });
  }

  test('400 names the field of log records and data points', async () => {
    for (const [path, body, field] of [
      ['logs', logsRequest({ severityNumber: 'high' }), 'severityNumber'],
      ['metrics', points({ count: 'x' }), 'count'],
      ['metrics', points({ bucketCounts: ['1e3'] }), 'bucketCounts'],
      ['metrics', points({ explicitBounds: ['x'] }), 'explicitBounds'],
    ] as const) {
      const response = await lens.post(`/v1/${path}`, body);
      assert.equal(response.status, 400, field);
      assert.match(((await response.json()) as { message: string }).message, new RegExp(`\\b${field}: `));
    }
  });

  function points(point: object) {
    return metricsRequest({ name: 'h', histogram: { aggregationTemporality: 2, dataPoints: [point] } });
  }

  test('accepts everything that the specification allows', async () => {
    const sent = span({
      parentSpanId: null,
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 2 },
      startTimeUnixNano: 0,
      attributes: [
        { key: 'int', value: { intValue: -5 } },
        { key: 'double', value: { doubleValue: '1.5e3' } },
        { key: 'nan', value: { doubleValue: 'NaN' } },
        { key: 'infinite', value: { doubleValue: '-Infinity' } },
        { key: 'bytes', value: { bytesValue: '3q2+7w==' } },
        { key: 'bool', value: { boolValue: false } },
        { key: 'nothing', value: null },
      ],
    });
    // Digits beyond JavaScript's precision, as other languages write them.
    const body = JSON.stringify(spansRequest(sent)).replace('"startTimeUnixNano":0', `"startTimeUnixNano":${START}`);
    assert.equal((await lens.post('/v1/traces', body)).status, 200);
    const row = await rowOf(sent);
    assert.deepEqual(
      [row.kind, row.status, row.parent_span_id, row.start_time, row.duration_ms],
      ['client', 'error', null, '2025-11-21T04:40:00.123456Z', 100],
    );
    assert.deepEqual(row.attributes, {
      int: -5,
      double: 1500,
      nan: 'NaN',
      infinite: '-Infinity',
      bytes: '3q2+7w==',
      bool: false,
      nothing: null,
    });
    await lens.post(
      '/v1/logs',
      logsRequest({ severityNumber: 'SEVERITY_NUMBER_WARN2', body: { stringValue: 'by name' } }),
    );
    assert.equal((await lens.row("SELECT level FROM logs WHERE body = 'by name'")).level, 'warn');
  });

  test('ids of a wrong length are null', async () => {
    const record = { traceId: 'abcd', spanId: 'ef'.repeat(16), body: { stringValue: 'short id' } };
    await lens.post('/v1/logs', logsRequest(record));
    const { trace_id, span_id } = await lens.row("SELECT * FROM logs WHERE body = 'short id'");
    assert.deepEqual([trace_id, span_id], [null, null]);
  });
});
