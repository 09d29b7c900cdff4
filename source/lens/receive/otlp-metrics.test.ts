import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useLens } from '../../../tests/support/lens.ts';
import { metricsRequest } from '../../../tests/support/otlp.ts';

const CUMULATIVE = { aggregationTemporality: 2 };

describe('OTLP metrics', () => {
  const lens = useLens();

  async function send(...metrics: object[]) {
    const response = await lens.post('/v1/metrics', metricsRequest(...metrics));
    assert.equal(response.status, 200);
    return ((await response.json()) as { partialSuccess?: Record<string, string> }).partialSuccess;
  }
  const samples = async (name: string) =>
    (await lens.rows(`SELECT name, labels, value FROM metrics WHERE name LIKE '${name}%' ORDER BY rowid`)).map(
      ({ name: full, labels, value }) => [full, labels, value],
    );

  for (const [type, data] of [
    ['gauge', { dataPoints: [{ asInt: 1, flags: 1 }] }],
    ['sum', { ...CUMULATIVE, isMonotonic: true, dataPoints: [{ asInt: 0, flags: 1 }] }],
    ['histogram', { ...CUMULATIVE, dataPoints: [{ count: 0, sum: 0, bucketCounts: [0], flags: 1 }] }],
    ['exponentialHistogram', { ...CUMULATIVE, dataPoints: [{ count: 0, sum: 0, flags: 1 }] }],
    ['summary', { dataPoints: [{ count: 0, sum: 0, quantileValues: [{ quantile: 1, value: 0 }], flags: 1 }] }],
  ] as const) {
    test(`skips ${type} points flagged as having no recorded value`, async () => {
      assert.equal(await send({ name: `unrecorded_${type}`, [type]: data }), undefined);
      assert.deepEqual(await samples(`unrecorded_${type}`), []);
      const dataPoints = data.dataPoints.map((point) => ({ ...point, flags: 0 }));
      await send({ name: `unrecorded_${type}`, [type]: { ...data, dataPoints } });
      assert.notDeepEqual(await samples(`unrecorded_${type}`), []);
    });
  }

  test('rejects points with unspecified temporality, like delta', async () => {
    const dataPoints = [{ asInt: 1, bucketCounts: [] }];
    for (const type of ['sum', 'histogram', 'exponentialHistogram']) {
      const partial = await send({ name: 'unspecified', [type]: { dataPoints } });
      assert.deepEqual(partial, {
        rejectedDataPoints: '1',
        errorMessage: 'only cumulative temporality is supported',
      });
    }
    assert.deepEqual(await samples('unspecified'), []);
  });

  test('attributes that map to the same label are joined, sorted by key', async () => {
    const attributes = ['a_b', 'a.b', 'a-b', '1st', '__name__'].map((key) => ({ key, value: { stringValue: key } }));
    await send({ name: 'collided', gauge: { dataPoints: [{ asInt: 1, attributes }] } });
    assert.deepEqual(await samples('collided'), [['collided', { key_1st: '1st', a_b: 'a-b;a.b;a_b' }, 1]]);
  });

  test('a histogram has one bucket per bound plus +Inf, whatever the number of counts', async () => {
    const point = { count: 9, sum: 1, explicitBounds: [1, 2] };
    for (const bucketCounts of [
      [1, 2, 3, 0, 0, 3],
      [1, 2],
    ]) {
      const name = `buckets_${bucketCounts.length}`;
      await send({ name, histogram: { ...CUMULATIVE, dataPoints: [{ ...point, bucketCounts }] } });
      assert.deepEqual(await samples(`${name}_bucket`), [
        [`${name}_bucket`, { le: '1' }, 1],
        [`${name}_bucket`, { le: '2' }, 3],
        [`${name}_bucket`, { le: '+Inf' }, 9],
      ]);
    }
  });

  test("rejects exponential histograms with a scale that Prometheus doesn't support", async () => {
    const point = { count: 3, scale: -10, positive: { offset: 0, bucketCounts: [1] }, negative: { bucketCounts: [2] } };
    const partial = await send({ name: 'coarse', exponentialHistogram: { ...CUMULATIVE, dataPoints: [point] } });
    assert.equal(partial?.rejectedDataPoints, '1');
    assert.match(partial?.errorMessage ?? '', /scale .*-4.*-10/);
    assert.deepEqual(await samples('coarse'), []);
  });

  test('bounds beyond the range of a double share a bucket', async () => {
    const positive = { offset: -80, bucketCounts: Array(160).fill(1) };
    const negative = { offset: 60, bucketCounts: Array(10).fill(1) };
    const point = { count: 170, scale: -4, positive, negative };
    await send({ name: 'wide', exponentialHistogram: { ...CUMULATIVE, dataPoints: [point] } });
    const bounds = (await samples('wide_bucket')).map(([, labels, value]) => [(labels as { le: string }).le, value]);
    const numbers = bounds.map(([le]) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)));
    assert.ok(
      numbers.every((bound, index) => index === 0 || bound > numbers[index - 1]!),
      JSON.stringify(bounds),
    );
    assert.ok(numbers[0]! > Number.NEGATIVE_INFINITY);
    assert.deepEqual(await samples('wide_sum'), [], 'no sum came');
    assert.deepEqual(bounds.at(-1), ['+Inf', 170]);
    assert.deepEqual(
      bounds.find(([le]) => le === '1'),
      ['1', 10 + 80],
    );
  });

  test("an exemplar's time is optional", async () => {
    const exemplars = [{ asDouble: 0.5, traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) }];
    await send({ name: 'exemplary', gauge: { dataPoints: [{ asInt: 1, exemplars }] } });
    const row = await lens.row("SELECT * FROM metrics WHERE name = 'exemplary'");
    assert.deepEqual([row.exemplar_value, row.exemplar_time], [0.5, null]);
  });
});
