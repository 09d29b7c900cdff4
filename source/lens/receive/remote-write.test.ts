import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useLens } from '../../../tests/support/lens.ts';
import { temporaryFolder } from '../../../tests/support/lens-store.ts';
import { point, requestV1, requestV2, STALE, V2, write, writtenOf } from '../../../tests/support/remote-write.ts';
import { IN_MEMORY, startLens } from '../lens.ts';

const now = Date.now();
const iso = (ms: number) => new Date(ms).toISOString();
const TRACE = 'a1'.repeat(16);
const SPAN = 'b2'.repeat(8);

describe('remote write', () => {
  const lens = useLens();
  const send = (body: Uint8Array<ArrayBuffer>, type?: string) => write(lens.url, body, type);
  const valuesOf = async (name: string) =>
    (await lens.rows(`SELECT time, value FROM metrics WHERE name = '${name}' ORDER BY time`)).map(
      ({ time, value }) => [time, value] as const,
    );

  test('names of encodings and parameters are case-insensitive', async () => {
    const response = await fetch(`${lens.url}/api/v1/write`, {
      method: 'POST',
      body: requestV2([{ labels: { __name__: 'in_capitals' }, samples: [point(1, now)] }]),
      headers: { 'content-type': V2.replace('proto=', 'Proto='), 'content-encoding': 'Snappy' },
    });
    assert.deepEqual([response.status, writtenOf(response)], [204, ['1', '0', '0']]);
    assert.deepEqual(await valuesOf('in_capitals'), [[iso(now), 1]]);
  });

  test('1.0 samples become rows; their types come from metadata, which may be in an earlier request', async () => {
    const metadata = [
      { type: 1, metricFamilyName: 'v1_requests_total' },
      { type: 3, metricFamilyName: 'v1_seconds' },
    ];
    assert.equal((await send(requestV1([], metadata))).status, 204);
    const job = { job: 'production/mythical-server', instance: 'one' };
    const response = await send(
      requestV1([
        { labels: { __name__: 'v1_requests_total', zone: 'b', ...job, empty: '' }, samples: [point(1.5, now)] },
        { labels: { __name__: 'v1_seconds_bucket', le: '0.5', service_name: 'other' }, samples: [point(2, now)] },
        { labels: { __name__: 'v1_unknown' }, samples: [point(3, now)] },
      ]),
    );
    assert.equal(response.status, 204);
    assert.deepEqual(writtenOf(response), [null, null, null]);
    assert.deepEqual(await lens.row("SELECT * FROM metrics WHERE name = 'v1_requests_total'"), {
      time: iso(now),
      service: 'mythical-server',
      name: 'v1_requests_total',
      type: 'counter',
      labels: { instance: 'one', job: 'production/mythical-server', zone: 'b' },
      value: 1.5,
      exemplar_trace_id: null,
      exemplar_span_id: null,
      exemplar_value: null,
      exemplar_time: null,
    });
    const types = await lens.rows(
      "SELECT name, service, type FROM metrics WHERE name IN ('v1_seconds_bucket', 'v1_unknown') ORDER BY name",
    );
    assert.deepEqual(types, [
      { name: 'v1_seconds_bucket', service: 'other', type: 'histogram' },
      { name: 'v1_unknown', service: 'unknown_service', type: 'unknown' },
    ]);
  });

  test('2.0 responses count what was written; exemplars become rows without a value', async () => {
    const before = await lens.lens.summary();
    const labels = { __name__: 'v2_seconds_bucket', job: 'a', le: '1.0' };
    const exemplar = { labels: { trace_id: TRACE, span_id: SPAN }, value: 0.7, timestamp: now - 10 };
    const response = await send(
      requestV2([
        { labels, samples: [point(4, now)], type: 3 },
        { labels, exemplars: [exemplar], type: 3 },
      ]),
      V2,
    );
    assert.equal(response.status, 204);
    assert.deepEqual(writtenOf(response), ['1', '0', '1']);
    const found = await lens.rows(
      "SELECT * EXCLUDE (service, labels) FROM metrics WHERE name = 'v2_seconds_bucket' ORDER BY time",
    );
    const row = { name: 'v2_seconds_bucket', type: 'histogram' };
    const none = { exemplar_trace_id: null, exemplar_span_id: null, exemplar_value: null, exemplar_time: null };
    assert.deepEqual(found, [
      {
        ...row,
        time: iso(now - 10),
        value: null,
        exemplar_trace_id: TRACE,
        exemplar_span_id: SPAN,
        exemplar_value: 0.7,
        exemplar_time: iso(now - 10),
      },
      { ...row, ...none, time: iso(now), value: 4 },
    ]);
    assert.equal((await lens.lens.summary()).metricSamples - before.metricSamples, 1);
  });

  test('stale markers become rows without a value; other NaNs are not stored', async () => {
    const labels = { __name__: 'ending' };
    const samples = [point(5, now), point(Number.NaN, now + 1), { value: STALE, timestamp: now + 2 }];
    assert.equal((await send(requestV1([{ labels, samples }]))).status, 204);
    assert.deepEqual(await valuesOf('ending'), [
      [iso(now), 5],
      [iso(now + 2), null],
    ]);
    const histograms = [{ sum: STALE, timestamp: now + 2 }];
    assert.equal((await send(requestV1([{ labels: { __name__: 'native_ending' }, histograms }]))).status, 204);
    const ended = await lens.rows("SELECT name, value FROM metrics WHERE name LIKE 'native_ending%' ORDER BY name");
    assert.deepEqual(ended, [
      { name: 'native_ending_count', value: null },
      { name: 'native_ending_sum', value: null },
    ]);
  });

  test('duplicates are stored once, even if late or with labels in another order', async () => {
    const samples = [point(1, now), point(3, now + 20)];
    const exemplars = [{ labels: { traceID: TRACE }, value: 1, timestamp: now }];
    const body = requestV1([{ labels: { __name__: 'again', a: '1', b: '2' }, samples, exemplars }]);
    const late = requestV1([
      { labels: { b: '2', a: '1', __name__: 'again' }, samples: [point(2, now + 10), point(9, now + 20)] },
    ]);
    const twice = requestV1([{ labels: { __name__: 'again', a: '1', b: '2' }, samples: [...samples, ...samples] }]);
    for (const request of [body, late, body, twice]) assert.equal((await send(request)).status, 204);
    await Promise.all([send(late), send(late), send(body)]);
    const values = (await valuesOf('again')).filter(([, value]) => value !== null);
    assert.deepEqual(values, [
      [iso(now), 1],
      [iso(now + 10), 2],
      [iso(now + 20), 3],
    ]);
    assert.equal((await lens.rows("FROM metrics WHERE name = 'again' AND exemplar_value IS NOT NULL")).length, 1);
    assert.match(await lens.metrics(), /lens_dropped_items_total\{signal="metrics",reason="duplicate"\} 15\n/);
  });

  test('a counter that has just started gets one 0 at its start', async () => {
    const labels = { __name__: 'started_total' };
    const started = { startTimestamp: now - 1000 };
    const old = { startTimestamp: now - 3_600_000 };
    for (const [value, timestamp] of [
      [4, now],
      [5, now + 1000],
    ] as const) {
      const samples = [{ ...point(value, timestamp), ...started }];
      const response = await send(
        requestV2([
          { labels, samples, type: 1 },
          { labels: { __name__: 'old_total' }, samples: [{ ...point(value, timestamp), ...old }], type: 1 },
          { labels: { __name__: 'level' }, samples, type: 2 },
        ]),
        V2,
      );
      assert.deepEqual(writtenOf(response), ['3', '0', '0']);
    }
    assert.deepEqual(
      (await valuesOf('started_total')).map(([, value]) => value),
      [0, 4, 5],
    );
    assert.deepEqual(
      (await valuesOf('old_total')).map(([, value]) => value),
      [4, 5],
    );
    assert.deepEqual(
      (await valuesOf('level')).map(([, value]) => value),
      [4, 5],
    );
  });
});

test('samples stored before a restart are not stored again', async (t) => {
  const dataDir = await temporaryFolder(t);
  const body = requestV1([{ labels: { __name__: 'kept' }, samples: [point(1, now), point(2, now + 1)] }]);
  for (let start = 0; start < 2; start += 1) {
    await using lens = await startLens({ ...IN_MEMORY, dataDir }, assert.fail);
    assert.equal((await write(lens.url, body)).status, 204);
    assert.deepEqual((await lens.query("SELECT value FROM metrics WHERE name = 'kept' ORDER BY time")).rows, [
      [1],
      [2],
    ]);
  }
});
