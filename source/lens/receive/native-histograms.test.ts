import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useLens } from '../../../tests/support/lens.ts';
import { bitsOf, requestV2, V2, write } from '../../../tests/support/remote-write.ts';

const timestamp = Date.now();

describe('a native histogram', () => {
  const lens = useLens();
  let count = 0;

  async function send(histogram: object) {
    count += 1;
    const name = `native_${count}`;
    const series = { labels: { __name__: name }, histograms: [{ timestamp, sum: bitsOf(7.5), ...histogram }] };
    const response = await write(lens.url, requestV2([series]), V2);
    const rows = await lens.rows(
      `SELECT name, labels->>'le' AS le, value FROM metrics WHERE name LIKE '${name}\\_%' ESCAPE '\\' ORDER BY rowid`,
    );
    const buckets = rows
      .filter(({ name }) => String(name).endsWith('_bucket'))
      .map(({ le, value }) => [String(le), value] as const);
    const value = (suffix: string) => rows.find(({ name }) => String(name).endsWith(suffix))?.value;
    return {
      status: response.status,
      buckets,
      sum: value('_sum'),
      count: value('_count'),
      text: await response.text(),
    };
  }

  for (const [what, histogram, buckets, count] of [
    [
      'integer counts, gaps and negative buckets',
      {
        countInt: 13,
        zeroThreshold: 0.001,
        zeroCountInt: 1,
        // (1, 2], (2, 4]; a gap; (16, 32]
        schema: 0,
        positiveSpans: [
          { offset: 1, length: 2 },
          { offset: 2, length: 1 },
        ],
        positiveDeltas: [2, 1, -1],
        // [-1, -0.5)
        negativeSpans: [{ offset: 0, length: 1 }],
        negativeDeltas: [5],
      },
      { '-1': 0, '-0.5': 5, '0.001': 6, '1': 6, '2': 8, '4': 11, '16': 11, '32': 13, '+Inf': 13 },
      13,
    ],
    [
      'float counts and a high resolution',
      {
        countFloat: 2.5,
        zeroCountFloat: 0,
        schema: 1,
        positiveSpans: [{ offset: 0, length: 2 }],
        positiveCounts: [0.5, 2],
      },
      { [2 ** -0.5]: 0, '1': 0.5, [2 ** 0.5]: 2.5, '+Inf': 2.5 },
      2.5,
    ],
    [
      'custom bounds',
      {
        countInt: 6,
        schema: -53,
        customValues: [0.1, 1, 10],
        positiveSpans: [
          { offset: 0, length: 1 },
          { offset: 1, length: 2 },
        ],
        positiveDeltas: [1, 1, 1],
      },
      { '0.1': 1, '1': 1, '10': 3, '+Inf': 6 },
      6,
    ],
    [
      'the largest numbers',
      { countInt: 3, schema: 0, positiveSpans: [{ offset: 1023, length: 3 }], positiveDeltas: [1, 0, 0] },
      { [2 ** 1022]: 0, [2 ** 1023]: 1, [Number.MAX_VALUE]: 2, '+Inf': 3 },
      3,
    ],
  ] as const) {
    test(`with ${what}`, async () => {
      const sent = await send(histogram);
      assert.equal(sent.status, 204, sent.text);
      assert.deepEqual(Object.fromEntries(sent.buckets), buckets);
      assert.equal(sent.buckets.length, Object.keys(buckets).length);
      assert.deepEqual([sent.sum, sent.count], [7.5, count]);
    });
  }

  const one = { countInt: 1, positiveSpans: [{ offset: 0, length: 1 }], positiveDeltas: [1] };
  for (const [what, histogram, message] of [
    ['an unknown schema', { ...one, schema: -9 }, /its schema -9 is unknown/],
    ['more buckets than spans', { ...one, positiveDeltas: [1, 0] }, /its spans have 1 buckets, its counts 2/],
    [
      'an extremely long span',
      { ...one, positiveSpans: [{ offset: 0, length: 4294967295 }] },
      /its spans have 4294967295/,
    ],
    [
      'overlapping spans',
      { ...one, countInt: 2, positiveSpans: [{ length: 1 }, { offset: -1, length: 1 }], positiveDeltas: [1, 0] },
      /overlap/,
    ],
    ['a negative count in a bucket', { ...one, positiveDeltas: [-1] }, /negative count/],
    ['a count that differs from its buckets', { ...one, countInt: 5 }, /buckets have 1 values, but its count is 5/],
    ['bounds that are not ascending', { ...one, schema: -53, customValues: [2, 1] }, /custom_values are not ascending/],
    [
      'buckets without a bound',
      { ...one, schema: -53, positiveSpans: [{ offset: 2, length: 1 }] },
      /more buckets than custom_values/,
    ],
  ] as const) {
    test(`with ${what} is refused`, async () => {
      const { status, text, buckets } = await send(histogram);
      assert.equal(status, 400);
      assert.match(text, message);
      assert.deepEqual(buckets, []);
    });
  }
});
