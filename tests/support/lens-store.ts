import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createSelfMetrics } from '../../source/lens/self-metrics.ts';
import { openDatabase } from '../../source/lens/store/database.ts';
import type { LogRow, MetricRow, ProfileRow, Rows, SpanRow, TableName } from '../../source/lens/store/schema.ts';
import { openStore, type StoreOptions } from '../../source/lens/store/store.ts';

export const NO_LIMITS = { retentionMinutes: 60, maxRows: 1_000_000, maxBytes: 1e12 };

export const nowMicros = () => BigInt(Date.now()) * 1000n;

export const log = (body: string, time = nowMicros()): LogRow => ({
  time,
  service: 'a',
  level: 'info',
  trace_id: null,
  span_id: null,
  body,
  attributes: '{"k":"v"}',
  source: 'otlp',
});

export const span = (changes: Partial<SpanRow> = {}): SpanRow => ({
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

export const metric: MetricRow = {
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

export const profile: ProfileRow = {
  time: nowMicros(),
  service: 'a',
  type: 'cpu',
  unit: 'nanoseconds',
  profile_id: 'p',
  frames: 'main\nfn "quoted"',
  value: 2n ** 53n,
  trace_id: null,
  span_id: null,
  labels: '{}',
};

export async function openTestStore(options: Partial<StoreOptions> & { dataDir?: string } = {}) {
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
    async add<Name extends TableName>(table: Name, ...rows: Rows[Name][]) {
      assert.ok(store.append(table, rows, 1));
      await store.flush();
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      reader.closeSync();
      database[Symbol.dispose]();
    },
  };
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lens-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
