import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadProto } from '@mythical/common/proto';
import { Label, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import { compress } from 'snappyjs';
import { useLens } from '../../../tests/support/lens.ts';
import { metricsRequest, spansRequest } from '../../../tests/support/otlp.ts';
import { type Served, serve } from '../../../tests/support/serve.ts';
import { until } from '../../../tests/support/until.ts';
import type { Target } from '../config.ts';
import { TABLES } from '../store/schema.ts';

/** Truncating text by UTF-16 units leaves lone surrogates, which would fail every query over their JSON. */
const HALF = '\ud83d';
const BYTES = Buffer.from('eda0bd', 'hex');

const time = `${Date.now()}000000`;
const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const attributes = [{ key: `k${HALF}`, value: { stringValue: `v${HALF}` } }];
const resource = { attributes };

/** A protobuf string with a lone surrogate, which encoders refuse to write. */
function withHalf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(bytes).toString('latin1').replaceAll('???', BYTES.toString('latin1'));
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function pushRequest() {
  const type = loadProto(new URL('loki.proto', import.meta.url)).lookupType('PushRequest');
  const entry = {
    timestamp: { seconds: Math.floor(Date.now() / 1000), nanos: 0 },
    line: 'loki ???',
    structuredMetadata: [{ name: 'm???', value: '???' }],
  };
  const streams = [{ labels: '{job="p???", half="\\ud83d", byte="\\xff"}', entries: [entry] }];
  return new Uint8Array(compress(withHalf(type.encode({ streams }).finish())));
}

function writeRequest() {
  const type = loadProto(new URL('remote-write.proto', import.meta.url)).lookupType('WriteRequest');
  const labels = Object.entries({ __name__: 'n???', 'k???': 'v???' }).map(([name, value]) => ({ name, value }));
  const timeseries = [{ labels, samples: [{ timestamp: Date.now() }] }];
  return new Uint8Array(compress(withHalf(type.encode({ timeseries }).finish())));
}

function traceRequest() {
  const type = loadProto(new URL('../../common/otlp.proto', import.meta.url)).lookupType('ExportTraceServiceRequest');
  const span = {
    traceId: Buffer.from(ids.traceId, 'hex'),
    spanId: Buffer.from(ids.spanId, 'hex'),
    name: 'n???',
    attributes: [{ key: 'k???', value: { stringValue: 'v???' } }],
  };
  return withHalf(type.encode(spansRequest(span)).finish());
}

function profile() {
  const stringTable = new StringTable();
  const text = (value: string) => stringTable.dedup(value);
  const sampleType = [new ValueType({ type: text('cpu'), unit: text('nanoseconds') })];
  const sample = [new Sample({ value: [1], label: [new Label({ key: text('k???'), str: text('v???') })] })];
  return withHalf(new Profile({ stringTable, sampleType, sample }).encode());
}

describe('a lone surrogate', () => {
  let served: Served;
  const scrapeTargets: Target[] = [];
  before(async () => {
    served = await serve((_request, response) => {
      response.end(Buffer.concat([Buffer.from('x{a="'), BYTES, Buffer.from('"} 1\n')]));
    });
    scrapeTargets.push({ name: 'scraped', url: served.url });
  });
  after(() => served[Symbol.asyncDispose]());
  const lens = useLens({ scrapeTargets, scrapeIntervalMs: 200 });

  const span = { ...ids, name: HALF, attributes, startTimeUnixNano: time, endTimeUnixNano: time };
  const events = [{ timeUnixNano: time, name: HALF, attributes }];
  const body = { kvlistValue: { values: attributes } };
  const logRecords = [{ timeUnixNano: time, body, severityText: HALF, attributes }];
  const gauge = { dataPoints: [{ timeUnixNano: time, asInt: 1, attributes }] };
  const timestamp = new Date().toISOString();
  const meta = { app: { name: `faro${HALF}` }, session: { attributes: { [HALF]: HALF } } };
  const PROTOBUF = 'application/x-protobuf';

  for (const [way, path, payload, type, status] of [
    [
      'Loki JSON',
      '/loki/api/v1/push',
      { streams: [{ stream: { job: 's', [`t${HALF}`]: `cut ${HALF}` }, values: [[time, `x ${HALF}`, { m: HALF }]] }] },
      undefined,
      204,
    ],
    ['Loki protobuf', '/loki/api/v1/push', pushRequest(), PROTOBUF, 204],
    [
      'OTLP JSON spans',
      '/v1/traces',
      {
        resourceSpans: [{ resource, scopeSpans: [{ spans: [{ ...span, events, links: [{ ...ids, attributes }] }] }] }],
      },
      undefined,
      200,
    ],
    ['OTLP JSON logs', '/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }, undefined, 200],
    ['OTLP JSON metrics', '/v1/metrics', metricsRequest({ name: 'm', gauge }), undefined, 200],
    ['OTLP protobuf', '/v1/traces', traceRequest(), PROTOBUF, 200],
    ['remote write', '/api/v1/write', writeRequest(), PROTOBUF, 204],
    [
      'Faro',
      '/collect',
      {
        meta,
        logs: [{ message: HALF, timestamp, context: { [HALF]: HALF } }],
        measurements: [{ type: HALF, values: { [HALF]: 1 }, timestamp, context: { rating: HALF } }],
      },
      undefined,
      202,
    ],
    ['pprof', '/ingest?name=p{a=%ED%A0%BD}', profile(), 'application/octet-stream', 200],
  ] as const) {
    test(`via ${way} becomes U+FFFD, and all columns are readable`, async () => {
      const response = await lens.post(path, payload, type);
      assert.equal(response.status, status, await response.text());
      let replaced = 0;
      for (const [table, columns] of Object.entries(TABLES)) {
        for (const [column, columnType] of Object.entries(columns)) {
          if (columnType === 'JSON') await lens.rows(`SELECT json_keys(${column}), ${column}->>'t' FROM ${table}`);
          replaced += (await lens.rows(`SELECT 1 FROM ${table} WHERE ${column}::VARCHAR LIKE '%\ufffd%'`)).length;
        }
      }
      assert.ok(replaced > 0);
      await lens.rows("SELECT body::JSON->>'x' FROM logs WHERE body LIKE '{%'");
    });
  }

  test('surrogate pairs and text that only looks like an escape are unchanged', async () => {
    const values = [[time, String.raw`🦄 \ud83d \\ud83d`]];
    await lens.post(
      '/loki/api/v1/push',
      JSON.stringify({ streams: [{ stream: { job: 'whole' }, values }] }).replace('🦄', '\\ud83e\\udd84'),
    );
    assert.equal((await lens.row("SELECT body FROM logs WHERE service = 'whole'")).body, values[0]![1]);
  });

  test('becomes U+FFFD in a scrape', async () => {
    const sql = "SELECT labels->>'a' AS a FROM metrics WHERE service = 'scraped' AND name = 'x' LIMIT 1";
    const [found] = await until(async () => {
      const rows = await lens.rows(sql);
      return rows.length > 0 && rows;
    });
    assert.deepEqual(found, { a: '\ufffd\ufffd\ufffd' });
  });
});
