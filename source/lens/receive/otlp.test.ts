import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as grpc from '@grpc/grpc-js';
import { loadProto } from '@mythical/common/proto';
import { useLens } from '../../../tests/support/lens.ts';
import { exportBytes, metricsRequest, spansRequest } from '../../../tests/support/otlp.ts';

describe('OTLP', () => {
  const lens = useLens();
  const recordOf = (table: string, where: string) => lens.row(`SELECT * FROM ${table} WHERE ${where}`);

  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    fetch(lens.lens.otlpHttpUrl + path, { method: 'POST', body, headers });
  const JSON_TYPE = { 'content-type': 'application/json' };
  const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

  const spanJson = (span: object) => JSON.stringify(spansRequest({ name: 'x', ...span }));

  test('responses are empty if everything was stored', async () => {
    const json = await post('/v1/logs', '{"resourceLogs":[]}', JSON_TYPE);
    assert.equal(json.status, 200);
    assert.match(json.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(await json.text(), '{}');
    const protobuf = await post('/v1/logs', new Uint8Array(), PROTOBUF_TYPE);
    assert.equal(protobuf.status, 200);
    assert.equal(protobuf.headers.get('content-type'), 'application/x-protobuf');
    assert.equal((await protobuf.arrayBuffer()).byteLength, 0);
  });

  test('ids in JSON are hexadecimal, enums numbers or names, times strings or numbers', async () => {
    const span = {
      traceId: '5B8EFFF798038103D269B633813FC60C',
      spanId: 'EEE19B7EC3C1B174',
      kind: 'SPAN_KIND_CONSUMER',
      startTimeUnixNano: '1544712660000000000',
      endTimeUnixNano: 1544712661000000000,
      attributes: [{ key: 'n', value: { intValue: '9007199254740993' } }],
    };
    assert.equal((await post('/v1/traces', spanJson(span), JSON_TYPE)).status, 200);
    const row = await recordOf('spans', `span_id = '${span.spanId.toLowerCase()}'`);
    assert.equal(row.trace_id, span.traceId.toLowerCase());
    assert.equal(row.kind, 'consumer');
    assert.equal(row.duration_ms, 1000);
    assert.equal(row.start_time, '2018-12-13T14:51:00.000Z');
    assert.deepEqual(row.attributes, { n: '9007199254740993' });
    assert.equal(row.service, 'unknown_service');
  });

  test('spans without ids are rejected in a partial success, the others are stored', async () => {
    const good = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), name: 'good' };
    const response = await lens.post('/v1/traces', spansRequest(good, { name: 'no ids' }));
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      partialSuccess: { rejectedSpans: '1', errorMessage: 'a span needs a trace_id and a span_id' },
    });
    assert.equal((await recordOf('spans', `trace_id = '${good.traceId}'`)).name, 'good');
  });

  test('points with delta temporality are rejected in a partial success', async () => {
    const sum = { dataPoints: [{ asInt: '1' }], aggregationTemporality: 1, isMonotonic: true };
    const response = await lens.post('/v1/metrics', metricsRequest({ name: 'd', sum }));
    const { partialSuccess } = (await response.json()) as { partialSuccess: Record<string, string> };
    assert.equal(partialSuccess.rejectedDataPoints, '1');
    assert.match(await lens.metrics(), /lens_dropped_items_total\{signal="metrics",reason="unsupported"\} 1/);
  });

  test('stores summaries and exemplars', async () => {
    const exemplars = [{ timeUnixNano: '1', asDouble: 0.5, traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) }];
    const histogram = {
      aggregationTemporality: 2,
      dataPoints: [{ count: 1, sum: 0.5, bucketCounts: [0, 1, 0], explicitBounds: [0.1, 1], exemplars }],
    };
    const summary = { dataPoints: [{ count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1.5 }] }] };
    await lens.post('/v1/metrics', metricsRequest({ name: 'h', histogram }, { name: 's', summary }));
    const bucket = await recordOf('metrics', 'exemplar_trace_id IS NOT NULL');
    assert.deepEqual(bucket.labels, { le: '1' });
    assert.equal(bucket.exemplar_value, 0.5);
    assert.equal(bucket.exemplar_span_id, 'f'.repeat(16));
    assert.deepEqual((await recordOf('metrics', "name = 's'")).labels, { quantile: '0.5' });
  });

  for (const [what, path, body, headers] of [
    ['truncated protobuf', '/v1/traces', Buffer.from('0a05ff', 'hex'), PROTOBUF_TYPE],
    ['random bytes', '/v1/logs', Buffer.from('ffffffffffffffffffffffff', 'hex'), PROTOBUF_TYPE],
    ['endlessly nested groups', '/v1/metrics', Buffer.alloc(100_000, 0x0b), PROTOBUF_TYPE],
    ['no JSON', '/v1/traces', '{"resourceSpans":', JSON_TYPE],
    ['JSON of another shape', '/v1/traces', '{"resourceSpans": 5}', JSON_TYPE],
    ['a JSON list', '/v1/traces', '[]', JSON_TYPE],
    ['an id that is not hexadecimal', '/v1/traces', spanJson({ traceId: 'xyz', spanId: 'd' }), JSON_TYPE],
    ['JSON of a million levels', '/v1/logs', '['.repeat(1e6) + ']'.repeat(1e6), JSON_TYPE],
  ] as const) {
    test(`${what} is answered with 400`, async () => {
      const response = await post(path, body, headers);
      assert.equal(response.status, 400);
      assert.ok((await response.arrayBuffer()).byteLength > 0);
    });
  }

  /** A google.rpc.Status, which the specification requires as the body of errors, in the request's encoding. */
  async function statusOf(response: Response): Promise<{ code: number; message: string }> {
    const type = response.headers.get('content-type')?.split(';')[0];
    if (type === 'application/json') return response.json() as Promise<{ code: number; message: string }>;
    assert.equal(type, 'application/x-protobuf');
    const status = loadProto(new URL('../../common/otlp.proto', import.meta.url))
      .lookupType('Status')
      .decode(await response.bytes());
    return status.toJSON() as { code: number; message: string };
  }

  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
  for (const [what, status, code, message, options] of [
    ['too much, small as gzip', 413, 3, /large/, { body: bomb, headers: { 'content-encoding': 'gzip' } }],
    ['an unknown encoding', 415, 3, /encoding/, { body: 'x', headers: { 'content-encoding': 'zip' } }],
    ['invalid gzip', 400, 3, /header/, { body: 'not gzip', headers: { 'content-encoding': 'gzip' } }],
    ['an undecodable body', 400, 3, /not valid/, { body: 'x', headers: {} }],
  ] as const) {
    for (const type of ['application/json', 'application/x-protobuf']) {
      test(`${what} as ${type} is answered with ${status} and a google.rpc.Status`, async () => {
        const response = await post('/v1/traces', options.body, { 'content-type': type, ...options.headers });
        assert.equal(response.status, status);
        assert.equal(response.headers.get('content-type')?.split(';')[0], type);
        const given = await statusOf(response);
        assert.equal(given.code, code);
        assert.match(given.message, message);
      });
    }
  }

  test('other media types get 415, other methods 405', async () => {
    const response = await post('/v1/traces', 'x', { 'content-type': 'text/plain' });
    assert.equal(response.status, 415);
    assert.match((await statusOf(response)).message, /application\/x-protobuf or application\/json/);
    const get = await fetch(`${lens.lens.otlpHttpUrl}/v1/metrics`);
    assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
    assert.equal((await statusOf(get)).code, grpc.status.UNIMPLEMENTED);
  });

  test("attributes can't change prototypes, and deeply nested ones are truncated", async () => {
    let deep: object = { stringValue: 'bottom' };
    for (let depth = 0; depth < 40; depth += 1) deep = { arrayValue: { values: [deep] } };
    const attributes = [
      { key: '__proto__', value: { stringValue: 'x' } },
      { key: 'deep', value: deep },
      { key: 'none' },
    ];
    const times = { startTimeUnixNano: '1', endTimeUnixNano: '2' };
    const span = { traceId: '9'.repeat(32), spanId: '9'.repeat(16), ...times, attributes };
    assert.equal((await post('/v1/traces', spanJson(span), JSON_TYPE)).status, 200);
    const row = await recordOf('spans', `trace_id = '${span.traceId}'`);
    assert.deepEqual(Object.keys(row.attributes as object), ['deep', 'none']);
    assert.equal(JSON.stringify(row.attributes).includes('bottom'), false);
  });

  test('over gRPC, invalid messages are INVALID_ARGUMENT and oversized ones RESOURCE_EXHAUSTED', async () => {
    const call = (bytes: Buffer) => exportBytes(lens.lens.otlpGrpcUrl, bytes);
    assert.deepEqual(await call(Buffer.alloc(0)), Buffer.alloc(0));
    assert.equal(await call(Buffer.from('0a05ff', 'hex')), grpc.status.INVALID_ARGUMENT);
    assert.equal(await call(Buffer.alloc(17 * 2 ** 20)), grpc.status.RESOURCE_EXHAUSTED);
  });
});
