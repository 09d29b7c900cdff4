import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type RunningService, type Sandbox, startSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** The server's API as its clients rely on it, and as its enemies try it. */

let sandbox: Sandbox;
let server: RunningService;
before(async () => {
  sandbox = await startSandbox();
  server = await sandbox.start('server');
});
after(() => sandbox?.[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = json): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

async function assertProblem(response: Response, status: number, detail?: RegExp) {
  assert.equal(response.status, status);
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = (await response.json()) as Record<string, unknown>;
  assert.equal(problem.status, status);
  assert.match(String(problem.traceId), /^[0-9a-f]{32}$/);
  assert.doesNotMatch(JSON.stringify(problem), /node_modules|\.ts|at async|select |insert /, 'no internals are shown');
  if (detail) assert.match(String(problem.detail), detail);
  return problem;
}

async function names(kind: string, query = ''): Promise<string[]> {
  const response = await call('GET', `/${kind}${query}`);
  return ((await response.json()) as { name: string }[]).map(({ name }) => name);
}

describe('the API of the server', () => {
  test('adds, lists and deletes a beast', async () => {
    assert.equal((await call('POST', '/unicorn', { name: 'Twilight' })).status, 201);
    assert.deepEqual(await names('unicorn'), ['Twilight']);
    assert.deepEqual(await names('owlbear'), []);
    assert.equal((await call('DELETE', '/unicorn', { name: 'Twilight' })).status, 204);
    assert.deepEqual(await names('unicorn'), []);
  });

  test('deletes what is not there without complaint', async () => {
    assert.equal((await call('DELETE', '/unicorn', { name: 'Nobody' })).status, 204);
  });

  test('refuses a second beast of the same name, but not of another kind', async () => {
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

  test('refuses a page that makes no sense', async () => {
    for (const query of ['?limit=0', '?limit=-1', '?limit=x', '?limit=1001', '?limit=1.5', '?limit=1&limit=2']) {
      await assertProblem(await call('GET', `/unicorn${query}`), 400, /limit/);
    }
  });

  test('answers HEAD as GET, without a body', async () => {
    const response = await call('HEAD', '/unicorn');
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
  });

  test('knows five kinds, and no others', async () => {
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

  test('refuses methods that a path does not have, and says which it has', async () => {
    for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
      const response = await call(method, '/unicorn', method === 'OPTIONS' ? undefined : {});
      assert.equal(response.headers.get('allow'), 'GET, HEAD, POST, DELETE');
      await assertProblem(response, 405);
    }
  });
});

describe('hostile input', () => {
  test('SQL in a name is a name', async () => {
    const evil = `Robert'); drop table beasts; --`;
    assert.equal((await call('POST', '/owlbear', { name: evil })).status, 201);
    assert.deepEqual(await names('owlbear'), [evil]);
    assert.equal((await call('DELETE', '/owlbear', { name: `' or '1'='1` })).status, 204);
    assert.deepEqual(await names('owlbear'), [evil]);
    assert.equal((await call('DELETE', '/owlbear', { name: evil })).status, 204);
  });

  test('SQL in a path or a query changes nothing', async () => {
    await assertProblem(await call('GET', `/${encodeURIComponent('beasts; drop table beasts')}`), 404);
    assert.equal((await call('GET', `/unicorn?after=${encodeURIComponent("' or 1=1 --")}`)).status, 200);
    assert.equal((await call('GET', '/unicorn')).status, 200);
  });

  test('names in any script are kept as they are', async () => {
    for (const name of ['独角兽', 'حصان', 'Ünïcørn', '🦄', 'e\u0301', 'a'.repeat(255)]) {
      assert.equal((await call('POST', '/unicorn', { name })).status, 201, name);
      assert.ok((await names('unicorn')).includes(name), name);
    }
  });

  test('names that are none are refused', async () => {
    const bad = [
      '',
      '   ',
      'x'.repeat(256),
      'x'.repeat(10_000),
      5,
      null,
      true,
      [],
      {},
      ['x'],
      { $ne: 1 },
      'a\u0000b',
      'a\nb',
      '\ud800',
    ];
    for (const name of bad) await assertProblem(await call('POST', '/unicorn', { name }), 400, /name/);
    for (const body of [{}, { nom: 'x' }, [], 'null', '"text"', '5']) {
      await assertProblem(await call('POST', '/unicorn', body), 400);
    }
  });

  test('a body that is no JSON, too large, or of another type is refused', async () => {
    await assertProblem(await call('POST', '/unicorn', '{"name":"x'), 400);
    await assertProblem(await call('POST', '/unicorn', '{"name":"x"} trailing'), 400);
    await assertProblem(await call('POST', '/unicorn', { name: 'x'.repeat(1024 * 1024) }), 413);
    await assertProblem(await call('POST', '/unicorn', 'name=x', { 'content-type': 'text/plain' }), 400, /JSON body/);
    await assertProblem(await call('POST', '/unicorn', '<x/>', { 'content-type': 'application/xml' }), 400);
    await assertProblem(
      await call('POST', '/unicorn', 'x', { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      400,
    );
    await assertProblem(await call('DELETE', '/unicorn'), 400);
  });

  test('keys that would change an object prototype do nothing', async () => {
    await assertProblem(await call('POST', '/unicorn', '{"__proto__":{"name":"x"}}'), 400);
    await assertProblem(await call('POST', '/unicorn', '{"constructor":{"prototype":{"name":"x"}}}'), 400);
  });

  test('a request line that is broken does not end the server', async () => {
    await new Promise<void>((resolve) => {
      const { hostname, port } = new URL(server.url);
      request({ hostname, port, method: 'GET', path: '/%E0%A4%A' })
        .on('response', (response) => {
          assert.equal(response.statusCode, 400);
          response.resume().on('end', resolve);
        })
        .end();
    });
    assert.equal((await call('GET', '/healthz')).status, 200);
  });

  test('endless kinds from outside make no endless labels', async () => {
    for (let index = 0; index < 20; index++) await call('GET', `/made-up-${index}`);
    const metrics = await (await call('GET', '/metrics')).text();
    assert.doesNotMatch(metrics, /made-up/);
    assert.match(metrics, /mythical_request_times_count\{method="GET",status="404",beast="none"\} \d+/);
  });
});

describe('what every service has', () => {
  test('health and readiness', async () => {
    assert.deepEqual(await (await call('GET', '/healthz')).json(), { status: 'ok' });
    assert.deepEqual(await (await call('GET', '/readyz')).json(), { status: 'ready', checks: { database: 'ok' } });
  });

  test('metrics in the OpenMetrics format, to their end', async () => {
    const response = await call('GET', '/metrics');
    assert.match(response.headers.get('content-type') ?? '', /^application\/openmetrics-text; version=1\.0\.0/);
    const text = await response.text();
    assert.ok(text.endsWith('# EOF\n'));
    assert.match(
      text,
      /mythical_request_times_bucket\{le="10",.*\} \d+ # \{traceID="[0-9a-f]{32}",spanID="[0-9a-f]{16}"\}/,
    );
    assert.match(text, /^nodejs_eventloop_lag_seconds /m);
    assert.match(text, /^mythical_scenario_active\{scenario="cpu-burn"\} 0$/m);
  });

  test('pprof says why it has nothing while profiles are pushed', async () => {
    await assertProblemWithoutTrace(await call('GET', '/debug/pprof/profile'), 503, /PROFILING_MODE=push/);
  });
});

/** Probes and collectors are not traced, so a problem there has no trace id. */
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

  test('end by themselves', async () => {
    await call('POST', '/scenarios', { name: 'error-burst', seconds: 1 });
    await until(async () => (await (await call('GET', '/metrics')).text()).includes('scenario="error-burst"} 0'));
  });

  test('refuse what makes no sense', async () => {
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

describe('what the browser app relies on', () => {
  const origin = 'http://localhost:3001';

  test('the configuration: identity, words, collector and links', async () => {
    const response = await call('GET', '/config');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await response.json(), {
      app: { name: 'mythical-frontend', version: '1.0.0', namespace: 'production', environment: 'production' },
      words: {
        tag: 'beast',
        one: 'beast',
        many: 'beasts',
        kinds: ['unicorn', 'manticore', 'illithid', 'owlbear', 'beholder'],
      },
      faroUrl: null,
      links: {
        trace: 'http://localhost:3000/#/trace/{traceId}',
        logs: 'http://localhost:3000/#/logs?trace={traceId}',
        profile: 'http://localhost:3000/#/flame?service=mythical-server&type=cpu',
      },
    });
    await assertProblem(await call('POST', '/config', {}), 405);
  });

  test('each answer tells its trace, which is the one that the caller began', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    for (const path of ['/unicorn', '/dragon', '/scenarios', '/config']) {
      const own = await call('GET', path);
      assert.match(own.headers.get('server-timing') ?? '', /^traceparent;desc="00-[0-9a-f]{32}-[0-9a-f]{16}-01"$/);
      const continued = await call('GET', path, undefined, { traceparent });
      assert.match(continued.headers.get('server-timing') ?? '', new RegExp(`"00-${traceId}-[0-9a-f]{16}-01"`));
    }
    const { traceId: told } = await assertProblem(await call('GET', '/dragon', undefined, { traceparent }), 404);
    assert.equal(told, traceId);
  });

  test('a page of the allowed origins may call the API and read its trace; others may not', async () => {
    const preflight = {
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'content-type,traceparent',
    };
    const asked = await call('OPTIONS', '/unicorn', undefined, { origin, ...preflight });
    assert.equal(asked.status, 204);
    assert.equal(asked.headers.get('access-control-allow-methods'), 'GET, POST, DELETE');
    assert.equal(asked.headers.get('access-control-allow-headers'), 'content-type, traceparent, tracestate, baggage');
    assert.equal(asked.headers.get('server-timing'), null, 'a preflight is not traced');
    for (const path of ['/unicorn', '/dragon']) {
      const { headers } = await call('GET', path, undefined, { origin });
      assert.equal(headers.get('access-control-allow-origin'), origin);
      assert.match(headers.get('access-control-expose-headers') ?? '', /Server-Timing/);
    }
    const foreign = { origin: 'http://evil.example' };
    assert.equal((await call('OPTIONS', '/unicorn', undefined, { ...foreign, ...preflight })).status, 405);
    assert.equal((await call('GET', '/unicorn', undefined, foreign)).headers.get('access-control-allow-origin'), null);
    const metrics = await (await call('GET', '/metrics')).text();
    assert.doesNotMatch(metrics, /method="OPTIONS",status="204"/, 'preflights do not count as requests');
  });

  test('other words, a collector and other links are a matter of variables', async () => {
    const boring = await sandbox.start('server', {
      ENDPOINT_TYPE: 'BORING',
      FARO_URL: 'http://localhost:12350/collect',
      TRACE_URL: 'https://grafana.example/explore?trace={traceId}',
      CORS_ALLOWED_ORIGINS: 'https://demo.example',
    });
    const response = await fetch(`${boring.url}/config`, { headers: { origin: 'https://demo.example' } });
    const config = (await response.json()) as { words: unknown; faroUrl: string; links: { trace: string } };
    assert.deepEqual(config.words, {
      tag: 'endpoint',
      one: 'entry',
      many: 'entries',
      kinds: ['login', 'payment', 'account', 'cart', 'health'],
    });
    assert.equal(config.faroUrl, 'http://localhost:12350/collect');
    assert.equal(config.links.trace, 'https://grafana.example/explore?trace={traceId}');
    assert.equal(response.headers.get('access-control-allow-origin'), 'https://demo.example');
    const local = await fetch(`${boring.url}/config`, { headers: { origin } });
    assert.equal(local.headers.get('access-control-allow-origin'), null);
    await boring.stop();
  });
});

describe('the teardown', () => {
  test('drops all data and makes the table anew, and the API goes on', async () => {
    const shortLived = await sandbox.start('server', { MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT: '1500' });
    const beasts = async () => (await fetch(`${shortLived.url}/beholder`)).json() as Promise<unknown[]>;
    const add = (name: string) =>
      fetch(`${shortLived.url}/beholder`, { method: 'POST', headers: json, body: JSON.stringify({ name }) });
    assert.equal((await add('doomed')).status, 201);
    assert.ok((await beasts()).length > 0);
    await until(async () => (await beasts()).length === 0);
    // The connections that prepared their statements on the old table can use the new one.
    assert.equal((await add('doomed')).status, 201);
    assert.deepEqual(await beasts(), [{ name: 'doomed' }]);
    await shortLived.stop();
  });
});
