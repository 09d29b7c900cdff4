import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { PAGE_PORT, SERVICES } from '@mythical/common/services';
import { getJson, postJson } from '../../grafana/model/http.ts';
import { rowsOf } from '../support/sandbox.ts';
import { found } from '../support/until.ts';

/**
 * Tests the signals of a running `npm start`, through lens. Addresses come from the environment: `LENS_URL` (default
 * http://localhost:3000) and `SERVER_URL` (default http://localhost:4000).
 */
const LENS_URL = process.env.LENS_URL ?? `http://localhost:${PAGE_PORT}`;
const SERVER_URL = process.env.SERVER_URL ?? `http://localhost:${SERVICES.server.port}`;
/** Newer data may still be on its way. */
const SETTLE_SECONDS = 10;
const settled = `start_time < now()::timestamp - interval '${SETTLE_SECONDS} seconds'`;

async function rows<T>(sql: string): Promise<T[]> {
  return rowsOf<T>(await postJson(`${LENS_URL}/api/query`, { sql }));
}

async function single<T>(sql: string): Promise<T> {
  const [row] = await rows<T>(sql);
  assert.ok(row);
  return row;
}

const services = Object.values(SERVICES).map(({ name }) => name);

describe('a running sandbox', () => {
  before(async () => {
    const traces = `select count(distinct trace_id)::int as n from spans where ${settled}`;
    await found(
      `1,000 traces in lens at ${LENS_URL}; does npm start run?`,
      async () => (await single<{ n: number }>(traces)).n >= 1000,
      180_000,
    );
  });

  test('all three services send spans, logs, metrics and profiles', async () => {
    const summary = await getJson<{ services: Record<string, unknown>[] }>(`${LENS_URL}/api/summary`);
    for (const name of services) {
      const service = summary.services.find((service) => service.name === name);
      assert.ok(service, name);
      for (const signal of ['spans', 'logs', 'metricSamples', 'profiles'])
        assert.ok(Number(service[signal]) > 0, `${name} ${signal}`);
    }
  });

  test('every span of a user action has its parent', async (t) => {
    const { traces, orphans } = await single<{ traces: number; orphans: number }>(`
      with actions as (
        select trace_id from spans where parent_span_id is null and service = 'mythical-requester' and ${settled})
      select (select count(*) from actions)::int as traces, count(*)::int as orphans
      from spans c
      where c.trace_id in (select trace_id from actions) and c.parent_span_id is not null
        and not exists (select 1 from spans p where p.trace_id = c.trace_id and p.span_id = c.parent_span_id)`);
    t.diagnostic(`${orphans} orphans in ${traces} traces`);
    assert.ok(traces >= 1000);
    assert.equal(orphans, 0);
  });

  test('user actions reach Postgres and, through the queue, the recorder', async (t) => {
    const { traces, whole } = await single<{ traces: number; whole: number }>(`
      with traces as (
        select trace_id, list_distinct(list(service)) as services from spans where ${settled} group by trace_id
        having count(*) filter (parent_span_id is null and service = 'mythical-requester') = 1)
      select count(*)::int as traces, count(*) filter (len(services) = 3)::int as whole from traces`);
    t.diagnostic(`${whole} of ${traces} traces have spans of all three services`);
    assert.ok(whole / traces > 0.98);
  });

  test('the documented metrics have samples', async () => {
    const found = new Set((await rows<{ name: string }>(`select distinct name from metrics`)).map(({ name }) => name));
    for (const name of [
      'mythical_request_times_bucket',
      'mythical_request_times_sum',
      'mythical_request_times_count',
      'mythical_danger_level_30s',
      'mythical_messages_recorded_total',
      'mythical_queue_depth',
      'mythical_database_connections',
      'mythical_scenario_active',
      'nodejs_eventloop_lag_seconds',
      'process_resident_memory_bytes',
    ]) {
      assert.ok(found.has(name), name);
    }
  });

  test('every exemplar links to a stored trace', async (t) => {
    for (const name of ['mythical_request_times_bucket', 'mythical_messages_recorded_total']) {
      const { exemplars, found } = await single<{ exemplars: number; found: number }>(`
        with exemplars as (
          select distinct exemplar_trace_id as id from metrics
          where name = '${name}' and exemplar_trace_id is not null
            and exemplar_time between now()::timestamp - interval '50 minutes' and now()::timestamp - interval '${SETTLE_SECONDS} seconds')
        select count(*)::int as exemplars, count(*) filter (id in (select trace_id from spans))::int as found from exemplars`);
      t.diagnostic(`${name}: ${found} of ${exemplars}`);
      assert.ok(exemplars > 0, name);
      assert.equal(found, exemplars, name);
    }
  });

  test('at least 99 % of the log lines with a trace ID link to a trace', async (t) => {
    const { lines, found } = await single<{ lines: number; found: number }>(`
      select count(*)::int as lines, count(*) filter (trace_id in (select trace_id from spans))::int as found
      from logs where trace_id is not null and time < now()::timestamp - interval '${SETTLE_SECONDS} seconds'`);
    t.diagnostic(`${found} of ${lines} log lines`);
    assert.ok(lines > 1000);
    assert.ok(found / lines >= 0.99);
  });

  test('every service has CPU and heap profiles, and the server’s contain its own functions', async () => {
    for (const service of services) {
      for (const type of ['cpu', 'heap']) {
        const { n } = await single<{ n: number }>(
          `select count(*)::int as n from profiles where service = '${service}' and type = '${type}'`,
        );
        assert.ok(n > 0, `${service} ${type}`);
      }
    }
    await postJson(`${SERVER_URL}/scenarios`, { name: 'cpu-burn', seconds: 20 });
    const burning = `select 1 from profiles where service = 'mythical-server' and type = 'cpu'
      and list_contains(stack, 'countDragonScalesTheSlowWay') limit 1`;
    await found('a CPU profile of the server with its function countDragonScalesTheSlowWay', () => rows(burning));
  });
});
