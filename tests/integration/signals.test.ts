import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { send } from '../support/api.ts';
import { bucketOf, requestTimes } from '../support/request-times.ts';
import { LOOPS, type Traffic, useTraffic } from '../support/traffic.ts';
import { until } from '../support/until.ts';

/** The signals that arrive at a collector, compared with docs/signals.md. */

describe('the signals of traffic through all three services', () => {
  const traffic = useTraffic();
  let { sandbox, server, recorder } = {} as Traffic;
  before(() => {
    ({ sandbox, server, recorder } = traffic);
  });

  async function single<T>(sql: string): Promise<T> {
    const rows = await sandbox.rows<T>(sql);
    assert.equal(rows.length, 1);
    return rows[0]!;
  }

  test('one action is one trace, from the requester to Postgres and through the queue to the recorder', async () => {
    // request unicorn                    requester, the root
    // ├─ GET                             requester, client
    // │  └─ GET /:beast                  server
    // │     └─ pg.query:list-beasts      server → Postgres
    // └─ send mythical-messages          requester, producer
    //    └─ process mythical-messages    recorder, consumer
    //       └─ pg.query:add-record       recorder → Postgres
    const edges = await sandbox.rows<{ edge: string; n: number }>(`
      select p.service || ' ' || p.kind || ' > ' || c.service || ' ' || c.kind as edge, count(*)::int as n
      from spans c join spans p on p.trace_id = c.trace_id and p.span_id = c.parent_span_id
      group by edge order by edge`);
    assert.deepEqual(
      edges.map(({ edge }) => edge.replaceAll('mythical-', '')),
      [
        'recorder consumer > recorder client',
        'requester client > server server',
        'requester internal > requester client',
        'requester internal > requester producer',
        'requester producer > recorder consumer',
        'server server > server client',
      ],
    );
    const { whole, roots } = await single<{ whole: number; roots: number }>(`
      with traces as (
        select trace_id, count(distinct service) as services, count(*) filter (parent_span_id is null) as roots
        from spans group by trace_id)
      select count(*) filter (services = 3)::int as whole, count(*) filter (roots = 1)::int as roots from traces`);
    assert.ok(whole > 100, `${whole} whole traces`);
    assert.equal(roots, whole, 'every trace has one root and spans of all services');
  });

  test('no span is an orphan', async () => {
    const orphans = await sandbox.rows(`
      select c.service, c.name from spans c
      where c.parent_span_id is not null
        and not exists (select 1 from spans p where p.trace_id = c.trace_id and p.span_id = c.parent_span_id)`);
    assert.deepEqual(orphans, []);
  });

  test('the request metric counts the requests that have spans, and has about their median', async () => {
    const { metric, spans } = await requestTimes(sandbox, server.url);
    // The metric ends when the response is closed, the span when it is written: on a busy machine they differ.
    assert.ok(Math.abs(bucketOf(metric.median) - bucketOf(spans.median)) <= 2, JSON.stringify({ metric, spans }));
  });

  test('every span has its beast, and HTTP spans also have the older attribute names', async () => {
    assert.deepEqual(await sandbox.rows(`select distinct name from spans where beast is null`), []);
    const http = await sandbox.rows<{ attributes: Record<string, unknown> }>(
      `select attributes from spans where kind in ('client', 'server') and name like '%GET%' limit 50`,
    );
    assert.ok(http.length > 10);
    for (const { attributes } of http) {
      assert.equal(attributes['http.method'], 'GET');
      assert.equal(attributes['http.target'], `/${attributes.beast}`);
      assert.equal(attributes['http.status_code'], 200);
      assert.equal(attributes['http.request.method'], 'GET');
      assert.equal(attributes['http.response.status_code'], 200);
    }
  });

  test('the express instrumentation gives server spans their route', async () => {
    // Without hooks for ES module imports before express is loaded, it silently does nothing.
    const { servers, routed } = await single<Record<string, number>>(`
      select count(*)::int as servers,
             count(*) filter ((attributes->>'http.route') = '/:beast' and name = http_method || ' /:beast')::int as routed
      from spans where service = 'mythical-server' and kind = 'server'`);
    assert.ok(servers! > 100);
    assert.equal(routed, servers);
  });

  test('the server spans of failed POSTs are errors, and lead to version 2.0.0', async () => {
    const rows = await sandbox.rows<{ version: string; errors: number; n: number }>(`
      select version, count(*) filter (status = 'error')::int as errors, count(*)::int as n
      from spans where kind = 'server' and http_method = 'POST' group by version order by version`);
    assert.deepEqual(
      rows.map(({ version }) => version),
      ['1.9.2', '2.0.0'],
    );
    const errors = rows.reduce((sum, row) => sum + row.errors, 0);
    const failed = await single<{ n: number }>(
      `select count(*)::int as n from spans where kind = 'server' and http_status_code = 500`,
    );
    assert.equal(errors, failed.n);
    const inDatabase = await single<{ n: number }>(
      `select count(*)::int as n from spans where name like 'pg.query:add-beast%' and status = 'error'`,
    );
    assert.equal(inDatabase.n, failed.n, 'they failed inside the database');
    const elsewhere = await sandbox.rows(`
      select http_target, beast from spans where kind = 'server' and http_status_code = 500 and http_target != '/' || beast`);
    assert.deepEqual(elsewhere, [], 'each has its endpoint');
  });

  test('each action links to the previous one', async () => {
    const { linked, dangling, n } = await single<{ linked: number; dangling: number; n: number }>(`
      with roots as (select trace_id, links->0->>'trace_id' as previous from spans where parent_span_id is null)
      select count(*)::int as n, count(previous)::int as linked,
             count(*) filter (previous is not null and previous not in (select trace_id from roots))::int as dangling
      from roots`);
    assert.equal(linked, n - LOOPS, 'all but the first of each of the eight loops');
    assert.equal(dangling, 0);
  });

  test('the resource identifies the service', async () => {
    const resources = await sandbox.rows<{ resource: Record<string, string> }>(`select distinct resource from spans`);
    assert.equal(resources.length, 3);
    for (const { resource } of resources) {
      assert.match(resource['service.name']!, /^mythical-/);
      assert.equal(resource['service.namespace'], 'production');
      assert.equal(resource['deployment.environment.name'], 'production');
      // The server runs two releases, and each of its spans has one of them.
      if (resource['service.name'] === 'mythical-server') assert.equal(resource['service.version'], undefined);
      else assert.match(resource['service.version']!, /^\d+\.\d+\.\d+$/);
      assert.match(resource['service.instance.id']!, /^[0-9a-f-]{36}$/);
    }
  });

  for (const [name, metric, url] of [
    ['mythical_request_times', 'mythical_request_times_bucket', () => server.url],
    ['mythical_messages_recorded', 'mythical_messages_recorded_total', () => recorder.url],
  ] as const) {
    test(`every exemplar of ${name} leads to a stored span`, async () => {
      const text = await (await fetch(`${url()}/metrics`)).text();
      const exemplars = [...text.matchAll(/^(\w+)\{.*# \{traceID="(\w+)",spanID="(\w+)"\}/gm)].filter(
        ([, of]) => of === metric,
      );
      assert.ok(exemplars.length >= 5, text);
      const stored = await sandbox.rows<{ key: string }>(`select trace_id || span_id as key from spans`);
      const keys = new Set(stored.map(({ key }) => key));
      for (const [, , traceId, spanId] of exemplars) assert.ok(keys.has(`${traceId}${spanId}`), `${traceId} ${spanId}`);
    });
  }

  test('every log line of an action links to its span, by field, label and structured metadata', async () => {
    const lines = await sandbox.rows<{
      service: string;
      body: string;
      trace_id: string;
      span_id: string;
      attributes: Record<string, string>;
    }>(`
      select service, body, trace_id, span_id, attributes from logs where trace_id is not null`);
    assert.ok(lines.length > 300);
    const { unresolved } = await single<{ unresolved: number }>(`
      select count(*)::int as unresolved from logs l where trace_id is not null
        and not exists (select 1 from spans s where s.trace_id = l.trace_id and s.span_id = l.span_id)`);
    assert.equal(unresolved, 0);
    for (const { service, body, trace_id, span_id, attributes } of lines) {
      assert.ok(body.includes(`traceID=${trace_id} spanID=${span_id}`), body);
      assert.equal(attributes.service_name, service);
      assert.equal(attributes.job, service);
      assert.equal(attributes.namespace, 'production');
      assert.match(attributes.beast!, /^(unicorn|manticore|illithid|owlbear|beholder)$/);
    }
    const requests = lines.filter(({ service, body }) => service === 'mythical-server' && body.includes('duration='));
    assert.ok(requests.length > 100);
    for (const { body } of requests)
      assert.match(body, /^level=\w+ msg="\w+ \w+" http\.method=\w+ endpoint=\w+ status=\d+ duration=/);
  });

  test('each message is recorded once', async () => {
    const { sent } = await single<{ sent: number }>(`select count(*)::int as sent from spans where kind = 'producer'`);
    const text = await (await fetch(`${recorder.url}/metrics`)).text();
    const recorded = [...text.matchAll(/^mythical_messages_recorded_total\{.*?\} (\d+)/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    assert.equal(recorded, sent);
  });

  test('CPU, wall-clock and heap profiles arrive from every service', async () => {
    const types = await until(
      async () => {
        const rows = await sandbox.rows<{ service: string; type: string }>(
          `select distinct service, type from profiles`,
        );
        const found = new Set(rows.map(({ service, type }) => `${service} ${type}`));
        return (
          ['server', 'recorder', 'requester'].every((service) =>
            ['cpu', 'wall', 'heap'].every((type) => found.has(`mythical-${service} ${type}`)),
          ) && found
        );
      },
      { what: () => 'three types of profiles of three services' },
    );
    assert.ok(types.size >= 9);
  });

  test('a scenario is visible in the CPU profile as a function with a telling name', async () => {
    await send('POST', `${server.url}/scenarios`, { name: 'cpu-burn', seconds: 120 });
    await until(
      async () => {
        for (let index = 0; index < 10; index++) await (await fetch(`${server.url}/unicorn`)).arrayBuffer();
        // One of the profiles: the first one may also contain what was before.
        const rows = await sandbox.rows(`
          select profile_id from profiles where service = 'mythical-server' and type = 'cpu' group by profile_id
          having sum(value) filter (list_contains(stack, 'countDragonScalesTheSlowWay')) > sum(value) / 4`);
        return rows.length > 0;
      },
      { what: () => 'the burning function to have a quarter of the CPU time in a profile' },
    );
    // A flame graph of typical height shows about 20 frames.
    const { stack } = await single<{ stack: string[] }>(`
      select stack from profiles where service = 'mythical-server' and type = 'cpu'
        and list_contains(stack, 'countDragonScalesTheSlowWay') limit 1`);
    assert.ok(stack.length <= 20, stack.join(' < '));
  });
});
