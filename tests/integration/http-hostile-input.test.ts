import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { apiAt, assertProblem } from '../support/api.ts';
import { useServer } from '../support/shared-server.ts';

const server = useServer();
const { call, names } = apiAt(server);

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

  test('names in any script are stored unchanged', async () => {
    for (const name of ['独角兽', 'حصان', 'Ünïcørn', '🦄', 'e\u0301', 'a'.repeat(255)]) {
      assert.equal((await call('POST', '/unicorn', { name })).status, 201, name);
      assert.ok((await names('unicorn')).includes(name), name);
    }
  });

  test('invalid names are rejected', async () => {
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

  test('a body that is too large, not JSON, or of another type is rejected', async () => {
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

  test('keys that would change an object prototype have no effect', async () => {
    await assertProblem(await call('POST', '/unicorn', '{"__proto__":{"name":"x"}}'), 400);
    await assertProblem(await call('POST', '/unicorn', '{"constructor":{"prototype":{"name":"x"}}}'), 400);
  });

  test('a broken request line does not crash the server', async () => {
    const [response] = await once(request(server.url, { path: '/%E0%A4%A' }).end(), 'response');
    assert.equal(response.resume().statusCode, 400);
    assert.equal((await call('GET', '/healthz')).status, 200);
  });

  test('endless kinds from clients do not create endless labels', async () => {
    for (let index = 0; index < 20; index++) await call('GET', `/made-up-${index}`);
    const metrics = await (await call('GET', '/metrics')).text();
    assert.doesNotMatch(metrics, /made-up/);
    assert.match(metrics, /mythical_request_times_count\{method="GET",status="404",beast="none"\} \d+/);
  });
});
