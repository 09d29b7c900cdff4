import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadProto } from '@mythical/common/proto';
import { compress } from 'snappyjs';
import { IN_MEMORY, type Lens, startLens } from '../lens.ts';
import { parseLabels } from './loki-push.ts';

const TRACE = 'a1'.repeat(16);
const SPAN = 'b2'.repeat(8);

describe('Loki push', () => {
  let lens: Lens;
  before(async () => {
    lens = await startLens(IN_MEMORY, assert.fail);
  });
  after(() => lens[Symbol.asyncDispose]());

  const push = (
    body: string | Uint8Array<ArrayBuffer>,
    contentType = 'application/json',
    headers: Record<string, string> = {},
  ) =>
    fetch(`${lens.url}/loki/api/v1/push`, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType, ...headers },
    });

  const logOf = async (body: string) => {
    const { columns, rows } = await lens.query(`FROM logs WHERE body LIKE '${body}'`);
    assert.equal(rows.length, 1);
    return Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]![index]]));
  };

  test('JSON with structured metadata becomes a row with its trace', async () => {
    const stream = { service_name: 'mythical-server', level: 'info', beast: 'unicorn' };
    const values = [['1763700000123456789', 'first line', { traceID: TRACE, spanID: SPAN, pod: 'p' }]];
    const response = await push(JSON.stringify({ streams: [{ stream, values }] }));
    assert.equal(response.status, 204);
    assert.deepEqual(await logOf('first line'), {
      time: '2025-11-21T04:40:00.123456Z',
      service: 'mythical-server',
      level: 'info',
      trace_id: TRACE,
      span_id: SPAN,
      body: 'first line',
      attributes: { ...stream, traceID: TRACE, spanID: SPAN, pod: 'p' },
      source: 'loki',
    });
  });

  test('trace and level come from the line where nothing else has them, the service from the job', async () => {
    const line = `level=warn msg="second" traceID=${TRACE} spanID=${SPAN} duration=12.3`;
    const values = [['1763700000123456789', line]];
    assert.equal((await push(JSON.stringify({ streams: [{ stream: { job: 'a-job' }, values }] }))).status, 204);
    const { service, level, trace_id, span_id, attributes } = await logOf('%second%');
    assert.deepEqual(
      { service, level, trace_id, span_id },
      { service: 'a-job', level: 'warn', trace_id: TRACE, span_id: SPAN },
    );
    assert.deepEqual(attributes, { job: 'a-job' });
  });

  test('protobuf compressed with snappy is the other encoding', async () => {
    const type = loadProto(new URL('loki.proto', import.meta.url)).lookupType('PushRequest');
    const message = type.encode({
      streams: [
        {
          labels: '{service_name="mythical-recorder", level="error", quote="a \\"b\\" \\\\ {c}, d=\\"e\\""}',
          entries: [
            {
              timestamp: { seconds: 1_763_700_000, nanos: 5000 },
              line: 'third line',
              structuredMetadata: [{ name: 'trace_id', value: TRACE }],
            },
          ],
        },
      ],
    });
    // Alloy names the encoding as well, which clients of Loki's own need not.
    const response = await push(new Uint8Array(compress(message.finish())), 'application/x-protobuf', {
      'content-encoding': 'snappy',
    });
    assert.equal(response.status, 204);
    const { time, service, level, trace_id, attributes } = await logOf('third line');
    assert.deepEqual(
      [time, service, level, trace_id],
      ['2025-11-21T04:40:00.000005Z', 'mythical-recorder', 'error', TRACE],
    );
    assert.equal((attributes as Record<string, string>).quote, 'a "b" \\ {c}, d="e"');
  });

  for (const [what, body, contentType, status] of [
    ['no JSON', '{', 'application/json', 400],
    ['another shape', '{"streams":[{"values":[["now","x"]]}]}', 'application/json', 400],
    ['a time that is no number', '{"streams":[{"stream":{},"values":[["soon","x"]]}]}', 'application/json', 400],
    ['bytes that are not snappy', Buffer.from('hello'), 'application/x-protobuf', 400],
    ['a promise of 4 GB', Buffer.from('ffffffff0f00', 'hex'), 'application/x-protobuf', 400],
    ['labels that are none', compressedLabels('{a=b}'), 'application/x-protobuf', 400],
    ['another media type', 'x', 'text/plain', 415],
  ] as const) {
    test(`${what}: ${status}, as problem details`, async () => {
      const response = await push(body, contentType);
      assert.equal(response.status, status);
      assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
      const problem = (await response.json()) as Record<string, unknown>;
      assert.equal(problem.status, status);
      assert.ok(problem.title && problem.detail && problem.type);
    });
  }
});

function compressedLabels(labels: string) {
  const type = loadProto(new URL('loki.proto', import.meta.url)).lookupType('PushRequest');
  return new Uint8Array(compress(type.encode({ streams: [{ labels, entries: [] }] }).finish()));
}

test('labels are parsed as Go quotes them', () => {
  assert.deepEqual(parseLabels('{}'), {});
  assert.deepEqual(parseLabels(' { a = "x" , b="\\u00e9\\x41\\n\\t" , c=`raw "\\n"`, } '), {
    a: 'x',
    b: 'éA\n\t',
    c: 'raw "\\n"',
  });
  for (const bad of ['', 'a="b"', '{a="b}', '{a="b" c="d"}', '{="b"}', '{a="\\q"}']) {
    assert.throws(() => parseLabels(bad), Error, bad);
  }
});
