import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { useLens } from '../../../tests/support/lens.ts';

describe('lens over HTTP', () => {
  const lens = useLens({ allowedHosts: ['lens'] });

  /** Sends any path and Host, unlike fetch(). */
  function send(path: string, headers: Record<string, string> = {}, method = 'GET', body = '') {
    return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
      const outgoing = request({ port: lens.lens.ports.http, path, method, headers }, async (response) => {
        let text = '';
        for await (const part of response.setEncoding('utf8')) text += part;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  const query = (sql: unknown, headers: Record<string, string> = {}) =>
    send('/api/query', { 'content-type': 'application/json', ...headers }, 'POST', JSON.stringify({ sql }));

  test('a query returns columns and rows', async () => {
    const { status, headers, text } = await query("SELECT 1 AS a, 'x' AS b");
    assert.equal(status, 200);
    assert.match(String(headers['content-type']), /^application\/json/);
    const { elapsedMs, ...answer } = JSON.parse(text);
    assert.ok(elapsedMs >= 0);
    assert.deepEqual(answer, {
      columns: [
        { name: 'a', type: 'INTEGER' },
        { name: 'b', type: 'VARCHAR' },
      ],
      rows: [[1, 'x']],
      truncated: false,
    });
  });

  test('an empty protobuf message may be a request without a body', async () => {
    const socket = connect(lens.lens.ports.http, '127.0.0.1');
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nHost: lens\r\nContent-Type: application/x-protobuf\r\nConnection: close\r\n\r\n',
    );
    const [answer] = await once(socket.setEncoding('utf8'), 'data');
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  test('query errors are problem details', async () => {
    for (const [sql, detail] of [
      ['SELECT nope', /Binder Error: .*nope/],
      ['DROP TABLE spans', /only read-only queries/],
      [undefined, /expected \{"sql"/],
      [5, /expected \{"sql"/],
    ] as const) {
      const { status, headers, text } = await query(sql);
      assert.equal(status, 400);
      assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8');
      const problem = JSON.parse(text);
      assert.equal(problem.status, 400);
      assert.match(problem.detail, detail);
      assert.ok(problem.type && problem.title);
    }
    const noJson = await send('/api/query', { 'content-type': 'application/json' }, 'POST', '{');
    assert.equal(noJson.status, 400);
    assert.equal((await send('/api/query', { 'content-type': 'text/plain' }, 'POST', 'x')).status, 415);
    assert.equal((await query('x'.repeat(2_000_000))).status, 413);
  });

  test('rejects other origins and DNS rebinding', async () => {
    const here = `127.0.0.1:${lens.lens.ports.http}`;
    const status = async (headers: Record<string, string>) => (await query('SELECT 1', headers)).status;
    assert.equal(await status({ origin: `http://${here}`, host: here }), 200);
    assert.equal(await status({ host: 'localhost:3000', origin: 'http://localhost:3000' }), 200);
    assert.equal(await status({ host: '[::1]:3000' }), 200);
    assert.equal(await status({ host: 'lens:3000' }), 200);
    assert.equal(await status({ origin: 'http://evil.example' }), 403);
    assert.equal(await status({ origin: 'http://127.0.0.1:1', host: here }), 403);
    assert.equal(await status({ origin: 'null' }), 403);
    assert.equal(await status({ host: 'evil.example:3000', origin: 'http://evil.example:3000' }), 403);
    assert.equal(await status({ host: 'evil.example' }), 403);
    assert.equal((await send('/api/summary', { host: 'evil.example' })).status, 403);
    assert.equal((await send('/', { host: 'evil.example' })).status, 403);
  });

  test('probes and metrics', async () => {
    assert.equal((await send('/healthz', { host: 'any-name' })).status, 200);
    assert.equal((await send('/readyz')).status, 200);
    const { text } = await send('/metrics');
    for (const name of [
      'ingested_items_total',
      'query_seconds_count',
      'table_rows',
      'pending_rows',
      'database_bytes',
    ]) {
      assert.match(text, new RegExp(`^lens_${name}[ {]`, 'm'));
    }
    const openMetrics = await send('/metrics', { accept: 'application/openmetrics-text' });
    assert.match(String(openMetrics.headers['content-type']), /^application\/openmetrics-text/);
    assert.match(openMetrics.text, /^lens_ingested_items_total\{.*# EOF\n$/ms);
  });

  test('the page has a strict content security policy', async () => {
    const { status, headers, text } = await send('/');
    assert.equal(status, 200);
    assert.match(text, /^<!doctype html>/i);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';.* connect-src 'self';/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal((await send('/', {}, 'HEAD')).status, 200);
    assert.equal((await send('/', { 'if-none-match': String(headers.etag) })).status, 304);
  });

  test('serves everything that the page links to, with the right type', async () => {
    const html = (await send('/')).text;
    const linked = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path]) => path!);
    assert.ok(linked.length >= 3, html);
    for (const path of linked) {
      const { status, headers } = await send(path);
      assert.equal(status, 200, path);
      const expected = /\.css$/.test(path) ? /^text\/css/ : /\.svg$/.test(path) ? /^image\/svg/ : /^text\/javascript/;
      assert.match(String(headers['content-type']), expected, path);
    }
  });

  for (const path of [
    '/nothing',
    '/assets',
    '/assets/',
    '/page/main.tsx',
    '/../lens.ts',
    '/..%2flens.ts',
    '/%2e%2e/lens.ts',
    '/assets/..%5c..%5clens.ts',
    '/assets/../../package.json',
    '//etc/passwd',
    '/%00.ts',
    '/__proto__',
  ]) {
    test(`serves nothing at ${path}`, async () => {
      const { status, text } = await send(path);
      assert.ok(status === 404 || status === 400, String(status));
      assert.equal(JSON.parse(text).status, status);
    });
  }

  test('files are read-only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      assert.equal((await send('/', {}, method)).status, 404);
    }
  });
});
