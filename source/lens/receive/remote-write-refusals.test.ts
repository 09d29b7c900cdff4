import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detailOf, useLens } from '../../../tests/support/lens.ts';
import {
  bitsOf,
  encode,
  point,
  requestV1,
  requestV2,
  type Series,
  V1,
  V2,
  write,
  writtenOf,
} from '../../../tests/support/remote-write.ts';

const now = Date.now();

describe('invalid remote write requests', () => {
  const lens = useLens();
  const send = (body: Uint8Array<ArrayBuffer>, type?: string) => write(lens.url, body, type);

  const good: Series = { labels: { __name__: 'good' }, samples: [point(1, now)] };
  const histogram = { countInt: 3, sum: bitsOf(1), timestamp: now, positiveSpans: [{ offset: 0, length: 1 }] };
  const bad: [what: string, series: Series, message: RegExp][] = [
    [
      'no name',
      { labels: { job: 'nameless' }, samples: [point(1)] },
      /series \{"job":"nameless"\}: it has no __name__/,
    ],
    ['a label without a name', { labels: { __name__: 'x', '': 'y' }, samples: [point(1)] }, /a label has no name/],
    [
      'a timestamp in the future',
      { labels: { __name__: 'x' }, samples: [point(1, now + 3_600_000)] },
      /timestamp too new: 2/,
    ],
    [
      'a timestamp in seconds',
      { labels: { __name__: 'x' }, samples: [point(1, now / 1000)] },
      /timestamp too old: 1970/,
    ],
    [
      'an exemplar without a timestamp',
      { labels: { __name__: 'x' }, exemplars: [{ labels: {}, value: 1, timestamp: 0 }] },
      /timestamp too old: 1970-01-01T00:00:00.000Z/,
    ],
    [
      'a histogram without its buckets',
      { labels: { __name__: 'x' }, histograms: [histogram] },
      /its spans have 1 buckets, its counts 0 \(1 not/,
    ],
  ];
  for (const [what, series, message] of bad) {
    for (const [version, type, request] of [
      ['1.0', V1, requestV1],
      ['2.0', V2, requestV2],
    ] as const) {
      test(`${what}: reported, and the rest is stored (${version})`, async () => {
        const name = `good_${what}_${version}`;
        const response = await send(request([{ ...good, labels: { __name__: name } }, series]), type);
        assert.equal(response.status, 400);
        assert.deepEqual(writtenOf(response), version === '2.0' ? ['1', '0', '0'] : [null, null, null]);
        assert.match(await detailOf(response), message);
        assert.equal((await lens.rows(`FROM metrics WHERE name = '${name}'`)).length, 1);
      });
    }
  }

  test('duplicate labels and references to missing symbols are reported', async () => {
    const samples = [point(1)];
    const labels = ['a', 'a'].map((name) => ({ name, value: 'x' }));
    const repeated = await send(encode('WriteRequest', { timeseries: [{ labels, samples }] }));
    assert.match(await detailOf(repeated), /duplicate label a \(1 not stored\)/);
    const symbols = ['', '__name__', 'x'];
    for (const labelsRefs of [[1], [1, 3]]) {
      const response = await send(encode('Request', { symbols, timeseries: [{ labelsRefs, samples }] }), V2);
      assert.equal(response.status, 400);
      assert.match(await detailOf(response), /labels_refs are not pairs of valid symbol references \(1 not stored\)/);
    }
  });

  const body = requestV1([good]);
  for (const [what, path, headers, status] of [
    ['the path of Mimir', '/api/v1/push', { 'content-type': V1 }, 204],
    ['the message of 1.0 by name', '', { 'content-type': `${V1}; proto="prometheus.WriteRequest"` }, 204],
    ['another message', '', { 'content-type': `${V1};proto=io.prometheus.write.v3.Request` }, 415],
    ['no media type', '', {}, 415],
    ['JSON', '', { 'content-type': 'application/json' }, 415],
    ['another encoding', '', { 'content-type': V1, 'content-encoding': 'gzip' }, 415],
    ['an uncompressed body', '', { 'content-type': V1, 'content-encoding': 'identity' }, 415],
  ] as const) {
    test(`${what}: ${status}`, async () => {
      const url = `${lens.url}${path || '/api/v1/write'}`;
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-encoding': 'snappy', ...headers },
      });
      assert.equal(response.status, status);
      if (status === 415) assert.match(await detailOf(response), /^expected /);
    });
  }

  for (const [what, bytes] of [
    ['nothing', ''],
    ['no snappy', Buffer.from('hello').toString('hex')],
    ['a declared size of 4 GB', 'ffffffff0f00'],
    ['snappy without protobuf', '0508ffffff'],
  ] as const) {
    test(`${what}: refused with a reason`, async () => {
      const response = await send(new Uint8Array(Buffer.from(bytes, 'hex')), V2);
      assert.equal(response.status, 400);
      assert.deepEqual(writtenOf(response), ['0', '0', '0']);
      assert.match(await detailOf(response), /not valid io.prometheus.write.v2.Request, compressed with snappy: ./);
    });
  }

  test('only POST is allowed', async () => {
    const response = await fetch(`${lens.url}/api/v1/write`);
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST']);
  });
});
