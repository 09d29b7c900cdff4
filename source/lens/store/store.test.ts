import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import test from 'node:test';
import {
  log,
  metric,
  NO_LIMITS,
  nowMicros,
  openTestStore,
  profile,
  span,
  temporaryFolder,
} from '../../../tests/support/lens-store.ts';

test('appended rows can be read after a flush, in every table', async () => {
  await using lens = await openTestStore();
  await lens.add('spans', span());
  await lens.add('logs', log('hello \u0000 \u{1f984} "'));
  await lens.add('metrics', metric);
  await lens.add('profiles', profile);
  assert.deepEqual(await lens.rows('SELECT body, attributes FROM logs'), [['hello \u0000 \u{1f984} "', '{"k":"v"}']]);
  assert.deepEqual(await lens.rows('SELECT stack, value FROM profiles'), [
    [['main', 'fn "quoted"'], '9007199254740992'],
  ]);
  assert.deepEqual(await lens.rows('SELECT http_status_code, parent_span_id FROM spans'), [[200, null]]);
  assert.deepEqual(await lens.rows('SELECT value FROM metrics'), [['Infinity']]);
});

test('a value beyond BIGINT is clamped, without affecting other rows', async () => {
  await using lens = await openTestStore();
  const values = [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n - 2n, 5n];
  await lens.add('profiles', ...values.map((value) => ({ ...profile, value })));
  assert.deepEqual(await lens.rows('SELECT value FROM profiles ORDER BY rowid'), [
    ['9223372036854775807'],
    ['-9223372036854775808'],
    ['9223372036854775807'],
    ['5'],
  ]);
});

test('rows become visible automatically', async () => {
  await using lens = await openTestStore();
  lens.store.append('logs', [log('x')], 1);
  const deadline = Date.now() + 5000;
  while ((await lens.rows('FROM logs')).length === 0) assert.ok(Date.now() < deadline);
});

test('more rows than fit in a chunk all arrive, in order', async () => {
  await using lens = await openTestStore();
  await lens.add('logs', ...Array.from({ length: 5001 }, (_, index) => log(String(index))));
  assert.deepEqual(await lens.rows('SELECT count(*), min(body::INT), max(body::INT) FROM logs'), [['5001', 0, 5000]]);
  assert.deepEqual(await lens.rows('SELECT count(*) FROM logs WHERE rowid = body::INT'), [['5001']]);
});

for (const bound of [{ maxPendingRows: 2 }, { maxPendingBytes: 100 }]) {
  test(`a full buffer rejects and counts rows, until a flush: ${JSON.stringify(bound)}`, async () => {
    await using lens = await openTestStore(bound);
    assert.equal(lens.store.append('logs', [log('1'), log('2')], 100), true);
    assert.equal(lens.store.append('logs', [log('3')], 1), false);
    assert.match(await lens.metrics.registry.metrics(), /dropped_items_total\{signal="logs",reason="buffer_full"\} 1/);
    await lens.store.flush();
    assert.equal(lens.store.append('logs', [log('4')], 1), true);
    await lens.store.flush();
    assert.deepEqual(await lens.rows('SELECT body FROM logs ORDER BY body'), [['1'], ['2'], ['4']]);
  });
}

test("rows that can't be written are dropped and counted, without blocking others", async () => {
  await using lens = await openTestStore();
  lens.store.append('spans', [span({ http_status_code: 'not a number' as never })], 1);
  for (let attempt = 0; attempt < 3; attempt += 1) await lens.store.flush();
  assert.match(lens.store.writeError() ?? '', /./);
  assert.equal(lens.announced.length, 1);
  assert.match(await lens.metrics.registry.metrics(), /dropped_items_total\{signal="spans",reason="write_failed"\} 1/);
  await lens.add('spans', span());
  assert.equal(lens.store.writeError(), undefined);
  assert.deepEqual(await lens.rows('SELECT count(*) FROM spans'), [['1']]);
  assert.match(await lens.metrics.registry.metrics(), /lens_pending_rows 0/);
});

test('the summary counts by service and in total, including pending rows', async () => {
  await using lens = await openTestStore();
  lens.store.append('spans', [span(), span({ service: 'b' })], 1);
  lens.store.append('metrics', [metric], 1);
  lens.store.append('profiles', [profile, { ...profile, type: 'wall' }, { ...profile, profile_id: 'q' }], 1);
  assert.deepEqual(await lens.store.summary(), {
    services: [
      { name: 'a', spans: 1, logs: 0, metricSamples: 1, profiles: 2 },
      { name: 'b', spans: 1, logs: 0, metricSamples: 0, profiles: 0 },
    ],
    spans: 2,
    logs: 0,
    metricSamples: 1,
    profiles: 2,
  });
});

test('deletes rows that are too old, too far in the future, or too many', async () => {
  await using lens = await openTestStore({ limits: { ...NO_LIMITS, maxRows: 10 } });
  const hour = 3_600_000_000n;
  await lens.add(
    'logs',
    log('old', nowMicros() - 2n * hour),
    log('epoch', 0n),
    log('before time', -(2n ** 63n)),
    log('future', nowMicros() + 2n * hour),
    log('end of time', 2n ** 63n - 1n),
    ...Array.from({ length: 30 }, (_, index) => log(String(index), nowMicros() - BigInt(30 - index) * 1000n)),
  );
  await lens.add('spans', span(), span({ start_time: nowMicros() - 2n * hour }));
  await lens.store.enforceLimits();
  const kept = (await lens.rows('SELECT body FROM logs ORDER BY time')).map(([body]) => Number(body));
  assert.deepEqual(kept, [20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  assert.equal((await lens.rows('FROM spans')).length, 1);
});

for (const [what, limits] of [
  ['rows', { ...NO_LIMITS, maxRows: 8000 }],
  ['bytes', { ...NO_LIMITS, maxBytes: 16e6 }],
] as const) {
  test(`the file stops growing, limited by ${what}`, async (t) => {
    await using lens = await openTestStore({ dataDir: await temporaryFolder(t), limits });
    let largest = 0;
    for (let cycle = 0; cycle < 20; cycle += 1) {
      // 20 times 12 MB that can't be compressed. Longer lines would take DuckDB several times as long per byte.
      const rows = Array.from({ length: 8000 }, () => log(randomBytes(1125).toString('base64')));
      await lens.add('logs', ...rows);
      await lens.store.enforceLimits();
      largest = Math.max(largest, (await stat(lens.file!)).size);
    }
    assert.ok(largest < 130e6, `${largest} bytes`);
    assert.ok((await lens.rows('FROM logs')).length > 0);
  });
}
