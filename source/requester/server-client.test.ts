import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createServerClient } from './server-client.ts';

test("uses the URL's user, password and path", async (t) => {
  const asked: unknown[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    asked.push([method, url, headers.authorization, headers['content-type']]);
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorization = `Basic ${btoa('user:secret')}`;

  await createServerClient(`http://user:secret@${host}/api/`).request('GET', 'unicorn');
  await createServerClient(`http://user:secret@${host}/api`).request('POST', 'unicorn', 'x');
  await createServerClient(`http://${host}`).request('GET', 'unicorn');
  assert.deepEqual(asked, [
    ['GET', '/api/unicorn', authorization, undefined],
    ['POST', '/api/unicorn', authorization, 'application/json'],
    ['GET', '/unicorn', undefined, undefined],
  ]);
});
