import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { loadProto } from '@mythical/common/proto';
import { compress } from 'snappyjs';
import { parse } from 'yaml';
import { detailOf, useLens } from '../../../tests/support/lens.ts';
import { MAX_AGE } from './refused.ts';

const TRACE = 'a1'.repeat(16);
const SPAN = 'b2'.repeat(8);
const PROTOBUF = 'application/x-protobuf';

/** Of this second, so that its end is known. */
const seconds = Math.floor(Date.now() / 1000);
const nanos = `${seconds}123456789`;
const iso = (fraction: string) => new Date(seconds * 1000).toISOString().replace('.000Z', `.${fraction}Z`);

type ProtoEntry = { line: string; structuredMetadata?: { name: string; value: string }[]; seconds?: number };

function protobuf(...streams: { labels: string; entries: ProtoEntry[] }[]) {
  const type = loadProto(new URL('loki.proto', import.meta.url)).lookupType('PushRequest');
  const message = {
    streams: streams.map(({ labels, entries }) => ({
      labels,
      entries: entries.map((entry) => ({ timestamp: { seconds: entry.seconds ?? seconds, nanos: 5000 }, ...entry })),
    })),
  };
  return new Uint8Array(compress(type.encode(message).finish()));
}

describe('Loki push', () => {
  const lens = useLens();
  const push = (body: unknown, contentType?: string) => lens.post('/loki/api/v1/push', body, contentType);
  const logOf = (body: string) => lens.row(`SELECT * FROM logs WHERE body LIKE '${body}'`);

  test('JSON with structured metadata becomes a row with its trace', async () => {
    const stream = { service_name: 'mythical-server', level: 'info', beast: 'unicorn' };
    const values = [[nanos, 'first line', { traceID: TRACE, spanID: SPAN, pod: 'p' }]];
    assert.equal((await push({ streams: [{ stream, values }] })).status, 204);
    assert.deepEqual(await logOf('first line'), {
      time: iso('123456'),
      service: 'mythical-server',
      level: 'info',
      trace_id: TRACE,
      span_id: SPAN,
      body: 'first line',
      attributes: { ...stream, traceID: TRACE, spanID: SPAN, pod: 'p' },
      source: 'loki',
    });
  });

  test('trace and level fall back to the line, the service to the job', async () => {
    const line = `level=warn msg="second" traceID=${TRACE} spanID=${SPAN} duration=12.3`;
    assert.equal((await push({ streams: [{ stream: { job: 'a-job' }, values: [[nanos, line]] }] })).status, 204);
    const { service, level, trace_id, span_id, attributes } = await logOf('%second%');
    assert.deepEqual(
      { service, level, trace_id, span_id },
      { service: 'a-job', level: 'warn', trace_id: TRACE, span_id: SPAN },
    );
    assert.deepEqual(attributes, { job: 'a-job' });
  });

  test('an empty label is the same as no label, as in Loki', async () => {
    const line = `msg="empty labels" level=warn traceID=${TRACE} spanID=${SPAN}`;
    const stream = { service_name: '', job: 'a-job', level: '' };
    await push({ streams: [{ stream, values: [[nanos, line, { trace_id: '', span_id: '' }]] }] });
    const { service, level, trace_id, span_id } = await logOf('%empty labels%');
    assert.deepEqual([service, level, trace_id, span_id], ['a-job', 'warn', TRACE, SPAN]);
  });

  test('non-string label values in JSON become strings, null is skipped, as in Loki', async () => {
    const stream = { job: 'typed', level: 30, ok: true, none: null, nested: { a: 1 } };
    const values = [[nanos, 'typed labels', { count: 5, none: null }]];
    assert.equal((await push({ streams: [{ stream, values }] })).status, 204);
    assert.deepEqual((await logOf('typed labels')).attributes, {
      job: 'typed',
      level: '30',
      ok: 'true',
      nested: '{"a":1}',
      count: '5',
    });
  });

  test('accepts snappy-compressed protobuf', async () => {
    const body = protobuf({
      labels: '{service_name="mythical-recorder", level="error", quote="a \\"b\\" \\\\ {c}, d=\\"e\\""}',
      entries: [{ line: 'third line', structuredMetadata: [{ name: 'trace_id', value: TRACE }] }],
    });
    // Alloy sends Content-Encoding, Loki's own clients don't.
    const headers = { 'content-type': PROTOBUF, 'content-encoding': 'snappy' };
    const response = await fetch(`${lens.url}/loki/api/v1/push`, { method: 'POST', body, headers });
    assert.equal(response.status, 204);
    const { time, service, level, trace_id, attributes } = await logOf('third line');
    assert.deepEqual([time, service, level, trace_id], [iso('000005'), 'mythical-recorder', 'error', TRACE]);
    assert.equal((attributes as Record<string, string>).quote, 'a "b" \\ {c}, d="e"');
  });

  test('a stream with invalid labels is reported, and the others are stored', async () => {
    const body = protobuf(
      { labels: '{job="good", icon="\\U000f04a0"}', entries: [{ line: 'before the bad' }] },
      { labels: '{job="bad\\q"}', entries: [{ line: 'bad' }, { line: 'bad' }] },
      { labels: '{job="good"}', entries: [{ line: 'after the bad' }] },
    );
    const response = await push(body, PROTOBUF);
    assert.equal(response.status, 400);
    assert.match(await detailOf(response), /labels \{job="bad\\q"\}: unknown escape \\q \(2 not stored\)$/);
    assert.equal((await lens.rows("SELECT * FROM logs WHERE body LIKE '% the bad'")).length, 2);
    assert.equal((await lens.rows("SELECT * FROM logs WHERE body = 'bad'")).length, 0);
    assert.match(await lens.metrics(), /lens_dropped_items_total\{signal="logs",reason="invalid"\} 2/);
  });

  test('entries with out-of-range timestamps are reported, and the others are stored', async () => {
    const values = (line: string) => [
      [nanos, `${line} in time`],
      [String(Date.now()), `${line} in milliseconds`],
      [`${seconds + 3600}000000000`, `${line} in an hour`],
      [`${seconds - 90_000}000000000`, `${line} of yesterday`],
      ['-1', `${line} before 1970`],
    ];
    const response = await push({ streams: [{ stream: { job: 'json' }, values: values('json') }] });
    assert.equal(response.status, 400);
    assert.match(
      await detailOf(response),
      /stream \{"job":"json"\} has a timestamp too old: 1970-01-01T00:.* nanoseconds .*\(4 not stored\)/,
    );
    const entries = [{ line: 'protobuf in time' }, { line: 'protobuf of 1970', seconds: 1_763_700 }];
    assert.equal((await push(protobuf({ labels: '{job="p"}', entries }), PROTOBUF)).status, 400);
    const kept = await lens.rows("SELECT body FROM logs WHERE body LIKE 'json %' OR body LIKE 'protobuf %'");
    assert.deepEqual(kept, [{ body: 'json in time' }, { body: 'protobuf in time' }]);
  });

  test('the age limit is that of our Loki', () => {
    const { limits_config } = parse(readFileSync(new URL('../../../loki/loki.yaml', import.meta.url), 'utf8'));
    assert.equal(limits_config.reject_old_samples_max_age, `${MAX_AGE / 3_600_000_000n}h`);
  });

  for (const [what, body, contentType, status] of [
    ['no JSON', '{', 'application/json', 400],
    ['another shape', '{"streams":[{"values":[["now","x"]]}]}', 'application/json', 400],
    ['an invalid time', '{"streams":[{"stream":{},"values":[["soon","x"]]}]}', 'application/json', 400],
    ['bytes that are not snappy', Buffer.from('hello'), PROTOBUF, 400],
    ['a claimed length of 4 GB', Buffer.from('ffffffff0f00', 'hex'), PROTOBUF, 400],
    ['invalid labels', protobuf({ labels: '{a=b}', entries: [] }), PROTOBUF, 400],
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
