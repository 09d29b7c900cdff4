import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { createSelfMetrics } from '../self-metrics.ts';
import { openDatabase } from './database.ts';
import type { LogRow, MetricRow, ProfileRow, SpanRow } from './schema.ts';
import { openStore, type StoreOptions } from './store.ts';

const NO_LIMITS = { retentionMinutes: 60, maxRows: 1_000_000, maxBytes: 1e12 };

const nowMicros = () => BigInt(Date.now()) * 1000n;

const log = (body: string, time = nowMicros()): LogRow => ({
  time,
  service: 'a',
  level: 'info',
  trace_id: null,
  span_id: null,
  body,
  attributes: '{"k":"v"}',
  source: 'otlp',
});

const span = (changes: Partial<SpanRow> = {}): SpanRow => ({
  trace_id: 'a'.repeat(32),
  span_id: 'b'.repeat(16),
  parent_span_id: null,
  service: 'a',
  name: 'GET /:beast',
  kind: 'server',
  start_time: nowMicros(),
  duration_ms: 1.5,
  status: 'ok',
  status_message: '',
  beast: 'unicorn',
  http_method: 'GET',
  http_target: '/unicorn',
  http_status_code: 200,
  version: null,
  attributes: '{}',
  resource: '{}',
  events: '[]',
  links: '[]',
  ...changes,
});

const metric: MetricRow = {
  time: nowMicros(),
  service: 'a',
  name: 'up',
  type: 'gauge',
  labels: '{}',
  value: Number.POSITIVE_INFINITY,
  exemplar_trace_id: null,
  exemplar_span_id: null,
  exemplar_value: null,
  exemplar_time: null,
};

const profile: ProfileRow = {
  time: nowMicros(),
  service: 'a',
  type: 'cpu',
  unit: 'nanoseconds',
  profile_id: 'p',
  stack: ['main', 'fn "quoted"'],
  value: 2n ** 53n,
  trace_id: null,
  span_id: null,
  labels: '{}',
};

async function open(options: Partial<StoreOptions> & { dataDir?: string } = {}) {
  const announced: string[] = [];
  const announce = (message: string) => announced.push(message);
  const { dataDir = ':memory:', ...storeOptions } = options;
  const database = await openDatabase({ dataDir, memoryLimit: '256MB', announce });
  const metrics = createSelfMetrics();
  const limits = NO_LIMITS;
  const store = await openStore({ database, limits, metrics, announce, ...storeOptions });
  const reader = await database.connect();
  return {
    store,
    metrics,
    announced,
    file: database.file,
    rows: async (sql: string) => (await reader.runAndReadAll(sql)).getRowsJson(),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      reader.closeSync();
      database[Symbol.dispose]();
    },
  };
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lens-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('what was appended can be read after a flush, in every table', async () => {
  await using lens = await open();
  assert.ok(lens.store.append('spans', [span()], 1));
  assert.ok(lens.store.append('logs', [log('hello \u0000 \u{1f984} "')], 1));
  assert.ok(lens.store.append('metrics', [metric], 1));
  assert.ok(lens.store.append('profiles', [profile], 1));
  await lens.store.flush();
  assert.deepEqual(await lens.rows('SELECT body, attributes FROM logs'), [['hello \u0000 \u{1f984} "', '{"k":"v"}']]);
  assert.deepEqual(await lens.rows('SELECT stack, value FROM profiles'), [
    [['main', 'fn "quoted"'], '9007199254740992'],
  ]);
  assert.deepEqual(await lens.rows('SELECT http_status_code, parent_span_id FROM spans'), [[200, null]]);
  assert.deepEqual(await lens.rows('SELECT value FROM metrics'), [['Infinity']]);
});

test('rows become visible by themselves', async () => {
  await using lens = await open();
  lens.store.append('logs', [log('x')], 1);
  const deadline = Date.now() + 5000;
  while ((await lens.rows('FROM logs')).length === 0) assert.ok(Date.now() < deadline);
});

test('more rows than one chunk holds all arrive, in order', async () => {
  await using lens = await open();
  lens.store.append(
    'logs',
    Array.from({ length: 5001 }, (_, index) => log(String(index))),
    1,
  );
  await lens.store.flush();
  assert.deepEqual(await lens.rows('SELECT count(*), min(body::INT), max(body::INT) FROM logs'), [['5001', 0, 5000]]);
  assert.deepEqual(await lens.rows('SELECT count(*) FROM logs WHERE rowid = body::INT'), [['5001']]);
});

for (const bound of [{ maxPendingRows: 2 }, { maxPendingBytes: 100 }]) {
  test(`a full buffer refuses and counts what comes, and takes it again after a flush: ${JSON.stringify(bound)}`, async () => {
    await using lens = await open(bound);
    assert.equal(lens.store.append('logs', [log('1'), log('2')], 100), true);
    assert.equal(lens.store.append('logs', [log('3')], 1), false);
    assert.match(await lens.metrics.registry.metrics(), /dropped_items_total\{signal="logs",reason="buffer_full"\} 1/);
    await lens.store.flush();
    assert.equal(lens.store.append('logs', [log('4')], 1), true);
    await lens.store.flush();
    assert.deepEqual(await lens.rows('SELECT body FROM logs ORDER BY body'), [['1'], ['2'], ['4']]);
  });
}

test('rows that can never be written are given up and counted, and do not hold up the next', async () => {
  await using lens = await open();
  lens.store.append('spans', [span({ http_status_code: 'not a number' as never })], 1);
  for (let attempt = 0; attempt < 3; attempt += 1) await lens.store.flush();
  assert.match(lens.store.trouble() ?? '', /./);
  assert.equal(lens.announced.length, 1);
  assert.match(await lens.metrics.registry.metrics(), /dropped_items_total\{signal="spans",reason="write_failed"\} 1/);
  lens.store.append('spans', [span()], 1);
  await lens.store.flush();
  assert.equal(lens.store.trouble(), undefined);
  assert.deepEqual(await lens.rows('SELECT count(*) FROM spans'), [['1']]);
  assert.match(await lens.metrics.registry.metrics(), /lens_pending_rows 0/);
});

test('the summary counts by service and in all, pending rows included', async () => {
  await using lens = await open();
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

test('a stop writes what is pending, and the next start finds it', async (t) => {
  const dataDir = join(await temporaryFolder(t), 'made', 'when', 'missing');
  {
    await using lens = await open({ dataDir });
    lens.store.append('logs', [log('kept')], 1);
  }
  await using lens = await open({ dataDir });
  assert.deepEqual(await lens.rows('SELECT body FROM logs'), [['kept']]);
  assert.deepEqual(lens.announced, []);
});

test('a file that is no database is moved aside, and said so', async (t) => {
  const dataDir = await temporaryFolder(t);
  await writeFile(join(dataDir, 'lens.duckdb'), 'this is not a database'.repeat(1000));
  await using lens = await open({ dataDir });
  assert.match(lens.announced.join(), /lens\.duckdb could not be read .* moved to .*\.corrupt/);
  assert.ok(existsSync(join(dataDir, 'lens.duckdb.corrupt')));
  lens.store.append('logs', [log('works')], 1);
  await lens.store.flush();
  assert.equal((await lens.rows('FROM logs')).length, 1);
});

test('a log of changes that is damaged costs the data, not the start', async (t) => {
  const dataDir = await temporaryFolder(t);
  {
    await using lens = await open({ dataDir });
    lens.store.append('logs', [log('x')], 1);
  }
  await writeFile(join(dataDir, 'lens.duckdb.wal'), Buffer.alloc(5000, 7));
  await using lens = await open({ dataDir });
  assert.deepEqual(await lens.rows('SELECT count(*) FROM spans'), [['0']]);
});

test('a table from another version of lens is replaced', async (t) => {
  const dataDir = await temporaryFolder(t);
  const instance = await DuckDBInstance.create(join(dataDir, 'lens.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE TABLE logs (something INTEGER)');
  instance.closeSync();
  await using lens = await open({ dataDir });
  lens.store.append('logs', [log('x')], 1);
  await lens.store.flush();
  assert.deepEqual(await lens.rows('SELECT body FROM logs'), [['x']]);
});

test('a folder that another lens uses is refused with a clear message, in this process or another', async (t) => {
  const dataDir = await temporaryFolder(t);
  {
    await using lens = await open({ dataDir });
    assert.ok(lens.file);
    await assert.rejects(open({ dataDir }), /in use by another lens; .* LENS_DATA_DIR/);
  }
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { DuckDBInstance } from '${import.meta.resolve('@duckdb/node-api')}';
     globalThis.held = await DuckDBInstance.create(${JSON.stringify(join(dataDir, 'lens.duckdb'))});
     console.log('held'); setInterval(() => {}, 1000);`,
  ]);
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  await assert.rejects(open({ dataDir }), /in use by another lens; .* LENS_DATA_DIR/);
});

test('what is too old, from a far future, or too much is deleted', async () => {
  await using lens = await open({ limits: { ...NO_LIMITS, maxRows: 10 } });
  const hour = 3_600_000_000n;
  lens.store.append(
    'logs',
    [
      log('old', nowMicros() - 2n * hour),
      log('epoch', 0n),
      log('before time', -(2n ** 63n)),
      log('future', nowMicros() + 2n * hour),
      log('end of time', 2n ** 63n - 1n),
      ...Array.from({ length: 30 }, (_, index) => log(String(index), nowMicros() - BigInt(30 - index) * 1000n)),
    ],
    1,
  );
  lens.store.append('spans', [span(), span({ start_time: nowMicros() - 2n * hour })], 1);
  await lens.store.flush();
  await lens.store.enforceLimits();
  const kept = (await lens.rows('SELECT body FROM logs ORDER BY time')).map(([body]) => Number(body));
  assert.deepEqual(kept, [20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  assert.equal((await lens.rows('FROM spans')).length, 1);
});

for (const [what, limits] of [
  ['rows', { ...NO_LIMITS, maxRows: 2000 }],
  ['bytes', { ...NO_LIMITS, maxBytes: 16e6 }],
] as const) {
  test(`the file stops growing while data comes and goes, limited by ${what}`, async (t) => {
    await using lens = await open({ dataDir: await temporaryFolder(t), limits });
    let largest = 0;
    for (let cycle = 0; cycle < 20; cycle += 1) {
      // 20 times 12 MB that can't be compressed
      const rows = Array.from({ length: 2000 }, () => log(randomBytes(4500).toString('base64')));
      lens.store.append('logs', rows, 1);
      await lens.store.flush();
      await lens.store.enforceLimits();
      largest = Math.max(largest, (await stat(lens.file!)).size);
    }
    assert.ok(largest < 130e6, `${largest} bytes`);
    assert.ok((await lens.rows('FROM logs')).length > 0);
  });
}
