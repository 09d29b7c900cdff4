import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import express from 'express';
import { serve } from '../../../tests/support/serve.ts';
import { useStarted } from '../../../tests/support/use-started.ts';
import { cors } from './cors.ts';

const ORIGIN = 'http://localhost:3001';

describe('CORS', () => {
  const app = express();
  app.use(cors({ origins: [ORIGIN], methods: ['GET', 'POST'], headers: ['content-type'], exposed: ['Link'] }));
  app.get('/', (_request, response) => void response.send('hello'));
  app.options('/', (_request, response) => void response.status(405).end());
  const server = useStarted(() => serve(app));

  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };

  test('lets pages of an allowed origin read the response and the exposed headers', async () => {
    const { headers } = await fetch(server.url, { headers: { origin: ORIGIN } });
    assert.equal(headers.get('access-control-allow-origin'), ORIGIN);
    assert.equal(headers.get('access-control-expose-headers'), 'Link');
    assert.equal(headers.get('timing-allow-origin'), ORIGIN);
    assert.equal(headers.get('access-control-allow-credentials'), null);
  });

  test('answers the preflight itself', async () => {
    const response = await fetch(server.url, { method: 'OPTIONS', headers: { origin: ORIGIN, ...preflight } });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get('access-control-allow-methods'), 'GET, POST');
    assert.equal(response.headers.get('access-control-allow-headers'), 'content-type');
    assert.equal(response.headers.get('access-control-max-age'), '7200');
  });

  test('sends no headers to other origins, not even to similar ones', async () => {
    for (const origin of [`${ORIGIN}.evil.example`, 'http://localhost:30011', 'https://localhost:3001', 'null', '*']) {
      const { headers } = await fetch(server.url, { headers: { origin } });
      assert.equal(headers.get('access-control-allow-origin'), null, origin);
      const asked = await fetch(server.url, { method: 'OPTIONS', headers: { origin, ...preflight } });
      assert.equal(asked.status, 405);
      assert.equal(asked.headers.get('access-control-allow-origin'), null, origin);
    }
  });

  test('sets Vary: Origin', async () => {
    for (const headers of [{}, { origin: ORIGIN }, { origin: 'http://evil.example' }]) {
      assert.match((await fetch(server.url, { headers })).headers.get('vary') ?? '', /Origin/);
    }
  });

  test('passes other OPTIONS requests on to the routes', async () => {
    assert.equal((await fetch(server.url, { method: 'OPTIONS', headers: { origin: ORIGIN } })).status, 405);
  });
});
