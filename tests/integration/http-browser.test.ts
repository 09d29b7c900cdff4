import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiAt, assertProblem } from '../support/api.ts';
import { useServer } from '../support/shared-server.ts';

const server = useServer();
const { call } = apiAt(server);

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

  test('each response includes its trace, which is the one that the caller started', async () => {
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

  test('pages from allowed origins may call the API and read their trace; others may not', async () => {
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

  test('variables set other words, a collector and other links', async () => {
    const boring = await server.sandbox.start('server', {
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
