import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../../tests/support/serve.ts';
import { createServerClient } from './server-client.ts';

test("uses the URL's user, password and path", async () => {
  const asked: unknown[] = [];
  await using server = await serve(({ method, url, headers }, response) => {
    asked.push([method, url, headers.authorization, headers['content-type']]);
    response.writeHead(204).end();
  });
  const authorization = `Basic ${btoa('user:secret')}`;

  await createServerClient(`http://user:secret@${server.address}/api/`).request('GET', 'unicorn');
  await createServerClient(`http://user:secret@${server.address}/api`).request('POST', 'unicorn', 'x');
  await createServerClient(`http://${server.address}`).request('GET', 'unicorn');
  assert.deepEqual(asked, [
    ['GET', '/api/unicorn', authorization, undefined],
    ['POST', '/api/unicorn', authorization, 'application/json'],
    ['GET', '/unicorn', undefined, undefined],
  ]);
});
