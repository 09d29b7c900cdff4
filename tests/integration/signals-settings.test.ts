import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { startSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

describe('the signals with other settings', () => {
  const sandbox = useStarted(startSandbox);

  test('with OTEL_LOGS_EXPORTER, log records are sent over OTLP, and none is lost', async () => {
    const server = await sandbox.start('server', { OTEL_LOGS_EXPORTER: 'otlp', LOGS_TARGET: '' });
    for (let index = 0; index < 50; index++) await fetch(`${server.url}/unicorn`);
    assert.equal((await server.stop()).code, 0);
    const records = await sandbox.rows<{
      level: string;
      trace_id: string;
      source: string;
      attributes: Record<string, unknown>;
    }>(
      `select level, trace_id, source, attributes from logs where service = 'mythical-server' and body like '%GET unicorn%'`,
    );
    assert.equal(records.length, 50);
    for (const { level, trace_id, source, attributes } of records) {
      assert.equal(level.toLowerCase(), 'info');
      assert.equal(source, 'otlp');
      assert.match(trace_id, /^[0-9a-f]{32}$/);
      assert.equal(attributes['http.method'], 'GET');
    }
  });

  test('without a target, log lines go to stdout', async () => {
    const server = await sandbox.start('server', { LOGS_TARGET: '' });
    await fetch(`${server.url}/owlbear`);
    await until(() =>
      /level=info msg="GET owlbear" http\.method=GET endpoint=owlbear status=200 .*traceID=\w{32}/.test(
        server.output(),
      ),
    );
  });

  test('TIMESHIFT logs a time 40 minutes in the past', async () => {
    const server = await sandbox.start('server', { LOGS_TARGET: '', TIMESHIFT: 'true' });
    await fetch(`${server.url}/owlbear`);
    const [, loggedtime] = await until(() => /loggedtime=(\S+) msg="GET owlbear"/.exec(server.output()));
    const minutesAgo = (Date.now() - Date.parse(loggedtime!)) / 60_000;
    assert.ok(minutesAgo > 39.9 && minutesAgo < 40.5, loggedtime);
  });

  test('the boring vocabulary changes all words', async () => {
    const server = await sandbox.start('server', { ENDPOINT_TYPE: 'BORING', NAMESPACE: 'boring' });
    assert.equal((await fetch(`${server.url}/login`)).status, 200);
    assert.equal((await fetch(`${server.url}/unicorn`)).status, 404);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, /mythical_request_times_count\{method="GET",status="200",endpoint="login"\} 1/);
    await server.stop();
    const [span] = await sandbox.rows<{ attributes: Record<string, unknown>; resource: Record<string, unknown> }>(
      `select attributes, resource from spans where kind = 'server' and http_target = '/login'`,
    );
    assert.equal(span?.attributes.endpoint, 'login');
    assert.equal(span?.attributes.beast, undefined);
    assert.equal(span?.resource['service.namespace'], 'boring');
  });

  test('no path from a client becomes a label', async () => {
    const server = await sandbox.start('server', { NAMESPACE: 'paths' });
    const paths = ['/', '/dragon', '/dragon/1', '/unicorn/1', '/%E0%A4%A', '/wp-login.php?x=1'];
    for (const path of paths) assert.ok((await fetch(server.url + path)).status >= 400);
    for (const path of ['/illithid/', '/%69llithid?limit=1', '/SCENARIOS']) {
      assert.equal((await fetch(server.url + path)).status, 200);
    }
    await server.stop();
    const spans = await sandbox.rows(`
      select http_target, count(*)::int as spans, count(attributes->>'service.version')::int as of_a_version
      from spans where kind = 'server' and (resource->>'service.namespace') = 'paths'
      group by http_target order by http_target`);
    assert.deepEqual(spans, [
      { http_target: '/illithid', spans: 2, of_a_version: 2 },
      { http_target: '/scenarios', spans: 1, of_a_version: 0 },
      { http_target: 'none', spans: 6, of_a_version: 0 },
    ]);
  });

  test('a request’s query is in its trace, even if it had to wait for a connection', async () => {
    const server = await sandbox.start('server', { POSTGRES_POOL_SIZE: '2' });
    const requests = Array.from({ length: 60 }, () => fetch(`${server.url}/manticore`));
    for (const response of await Promise.all(requests)) assert.equal(response.status, 200);
    assert.equal((await server.stop()).code, 0);
    assert.deepEqual(
      await sandbox.rows(`
        with queries as (
          select s.span_id, count(q.span_id)::int as n
          from spans s left join spans q on q.parent_span_id = s.span_id and q.trace_id = s.trace_id
          where s.kind = 'server' and s.http_target = '/manticore' group by s.span_id)
        select n, count(*)::int as spans from queries group by n`),
      [{ n: 1, spans: 60 }],
    );
  });

  test('profiles can be pulled, two at a time, and the heap profile is never empty', async () => {
    const server = await sandbox.start('server', { PROFILING_MODE: 'pull' });
    const pull = async (path: string) => {
      const response = await fetch(`${server.url}/debug/pprof/${path}`);
      assert.equal(response.status, 200);
      return Profile.decode(gunzipSync(Buffer.from(await response.arrayBuffer())));
    };
    const profiles = await Promise.all([pull('profile?seconds=1'), pull('profile?seconds=1'), pull('heap')]);
    for (const profile of profiles) assert.ok(profile.sample.length > 0);
    const bytes = profiles[2]!.sample.reduce((sum, { value }) => sum + Number(value.at(-1)), 0);
    assert.ok(bytes > 1_000_000, `${bytes} bytes on the heap`);
    assert.equal((await fetch(`${server.url}/debug/pprof/profile?seconds=0`)).status, 400);
    assert.equal((await fetch(`${server.url}/debug/pprof/profile?seconds=x`)).status, 400);
    assert.equal((await server.stop()).code, 0);
  });
});
