import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiAt, assertProblem, send } from '../support/api.ts';
import { useServer } from '../support/shared-server.ts';
import { until } from '../support/until.ts';

/** The server's API, as its clients rely on it. */

const server = useServer();
const { call, names } = apiAt(server);

describe('the server’s API', () => {
  test('adds, lists and deletes a beast', async () => {
    assert.equal((await call('POST', '/unicorn', { name: 'Twilight' })).status, 201);
    assert.deepEqual(await names('unicorn'), ['Twilight']);
    assert.deepEqual(await names('owlbear'), []);
    assert.equal((await call('DELETE', '/unicorn', { name: 'Twilight' })).status, 204);
    assert.deepEqual(await names('unicorn'), []);
  });

  test('deletes a beast that does not exist without an error', async () => {
    assert.equal((await call('DELETE', '/unicorn', { name: 'Nobody' })).status, 204);
  });

  test('rejects a second beast with the same name, but not of another kind', async () => {
    assert.equal((await call('POST', '/manticore', { name: 'Twin' })).status, 201);
    await assertProblem(await call('POST', '/manticore', { name: 'Twin' }), 409, /already/);
    assert.equal((await call('POST', '/illithid', { name: 'Twin' })).status, 201);
  });

  test('lists in pages', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await call('POST', '/beholder', { name });
    assert.deepEqual(await names('beholder', '?limit=2'), ['a', 'b']);
    assert.deepEqual(await names('beholder', '?limit=2&after=b'), ['c', 'd']);
    const first = await call('GET', '/beholder?limit=2');
    assert.equal(first.headers.get('link'), '</beholder?limit=2&after=b>; rel="next"');
    const last = await call('GET', '/beholder?limit=2&after=d');
    assert.deepEqual(await last.json(), [{ name: 'e' }]);
    assert.equal(last.headers.get('link'), null);
  });

  test('rejects invalid page parameters', async () => {
    for (const query of ['?limit=0', '?limit=-1', '?limit=x', '?limit=1001', '?limit=1.5', '?limit=1&limit=2']) {
      await assertProblem(await call('GET', `/unicorn${query}`), 400, /limit/);
    }
  });

  test('answers HEAD like GET, without a body', async () => {
    const response = await call('HEAD', '/unicorn');
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
  });

  test('has five kinds, and no others', async () => {
    for (const path of [
      '/dragon',
      '/constructor',
      '/__proto__',
      '/toString',
      '/UNICORN',
      '/unicorn%20',
      '/',
      '/unicorn/x',
    ]) {
      await assertProblem(await call('GET', path), 404);
    }
    await assertProblem(await call('GET', '/dragon'), 404, /unicorn, manticore, illithid, owlbear, beholder/);
  });

  test('rejects unsupported methods, and lists the supported ones', async () => {
    for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
      const response = await call(method, '/unicorn', method === 'OPTIONS' ? undefined : {});
      assert.equal(response.headers.get('allow'), 'GET, HEAD, POST, DELETE');
      await assertProblem(response, 405);
    }
  });
});

describe('endpoints of every service', () => {
  test('health and readiness', async () => {
    assert.deepEqual(await (await call('GET', '/healthz')).json(), { status: 'ok' });
    assert.deepEqual(await (await call('GET', '/readyz')).json(), { status: 'ready', checks: { database: 'ok' } });
  });

  test('metrics in the OpenMetrics format, complete', async () => {
    const response = await call('GET', '/metrics');
    assert.match(response.headers.get('content-type') ?? '', /^application\/openmetrics-text; version=1\.0\.0/);
    const text = await response.text();
    assert.ok(text.endsWith('# EOF\n'));
    assert.match(
      text,
      /mythical_request_times_bucket\{le="\d+",.*\} \d+ # \{traceID="[0-9a-f]{32}",spanID="[0-9a-f]{16}"\}/,
    );
    assert.match(text, /^nodejs_eventloop_lag_seconds /m);
    assert.match(text, /^mythical_scenario_active\{scenario="cpu-burn"\} 0$/m);
  });

  test('pprof explains why it has no profile in push mode', async () => {
    await assertProblemWithoutTrace(await call('GET', '/debug/pprof/profile'), 503, /PROFILING_MODE=push/);
  });
});

/** Probes and collectors are not traced, so a problem there has no trace ID. */
async function assertProblemWithoutTrace(response: Response, status: number, detail: RegExp) {
  const problem = (await response.json()) as Record<string, unknown>;
  assert.equal(response.status, status);
  assert.match(String(problem.detail), detail);
}

describe('scenarios', () => {
  test('are listed, started, and stopped', async () => {
    const list = (await (await call('GET', '/scenarios')).json()) as {
      name: string;
      active: boolean;
      until: unknown;
    }[];
    assert.deepEqual(
      list.map(({ name }) => name),
      ['slow-database', 'error-burst', 'cpu-burn', 'memory-leak', 'log-storm', 'queue-backlog'],
    );
    const started = await call('POST', '/scenarios', { name: 'log-storm', seconds: 30 });
    assert.equal(started.status, 201);
    const state = (await started.json()) as { active: boolean; until: string };
    assert.ok(Date.parse(state.until) > Date.now() + 25_000);
    assert.match(await (await call('GET', '/metrics')).text(), /mythical_scenario_active\{scenario="log-storm"\} 1/);
    assert.equal((await call('DELETE', '/scenarios', { name: 'log-storm' })).status, 204);
    assert.match(await (await call('GET', '/metrics')).text(), /mythical_scenario_active\{scenario="log-storm"\} 0/);
  });

  test('end automatically', async () => {
    await call('POST', '/scenarios', { name: 'error-burst', seconds: 1 });
    await until(async () => (await (await call('GET', '/metrics')).text()).includes('scenario="error-burst"} 0'));
  });

  test('reject invalid requests', async () => {
    for (const body of [
      {},
      { name: 'earthquake' },
      { name: 'cpu-burn', seconds: -1 },
      { name: 'cpu-burn', seconds: '5' },
    ]) {
      await assertProblem(await call('POST', '/scenarios', body), 400);
    }
    await assertProblem(await call('PUT', '/scenarios', {}), 405);
  });
});

describe('the teardown', () => {
  test('drops all data and recreates the table, and the API keeps working', async () => {
    const shortLived = await server.sandbox.start('server', { MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT: '1500' });
    const beasts = async () => (await fetch(`${shortLived.url}/beholder`)).json() as Promise<unknown[]>;
    const add = (name: string) => send('POST', `${shortLived.url}/beholder`, { name });
    assert.equal((await add('doomed')).status, 201);
    assert.ok((await beasts()).length > 0);
    await until(async () => (await beasts()).length === 0);
    // Connections with statements that were prepared on the old table can use the new one.
    assert.equal((await add('doomed')).status, 201);
    assert.deepEqual(await beasts(), [{ name: 'doomed' }]);
    await shortLived.stop();
  });
});
