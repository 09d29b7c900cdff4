import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Listening, listen } from '@mythical/common/http/listen';
import { loadFiles } from '@mythical/ui/static-files.ts';
import { useFolder } from '../../tests/support/temporary-folder.ts';
import { withApiUrl } from './api-url.ts';
import { createApp } from './frontend.ts';

const SCRIPT = 'console.log("hello");'.repeat(100);

describe('the server of the browser app', () => {
  const folder = useFolder('frontend');
  let server: Listening;
  const readiness = { checks: {}, stopping: false };

  before(async () => {
    await mkdir(join(folder, 'page', 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'page', 'index.html'), '<meta name="api-url" content="%API_URL%">');
    await writeFile(join(folder, 'page', 'assets', 'app-1a2b.js'), SCRIPT);
    const files = await withApiUrl(await loadFiles(join(folder, 'page')), 'http://api.example/?a="b"&c=$&');
    server = await listen(createApp(files, readiness), 0, '127.0.0.1');
  });
  after(() => server[Symbol.asyncDispose]());

  /** Sends raw paths and doesn't decompress, unlike fetch(). */
  function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
    return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
      (resolve, reject) => {
        const outgoing = request({ port: server.port, path, headers, method }, async (response) => {
          const parts: Buffer[] = [];
          for await (const part of response) parts.push(part as Buffer);
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
        });
        outgoing.on('error', reject);
        outgoing.end();
      },
    );
  }

  test("serves the page with the API's URL and a strict content security policy", async () => {
    const { status, headers, body } = await get('/');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache');
    assert.match(String(headers['content-security-policy']), /script-src 'self';/);
    assert.equal(String(body), '<meta name="api-url" content="http://api.example/?a=&quot;b&quot;&amp;c=$&amp;">');
    assert.deepEqual((await get('/index.html')).body, body);
  });

  test('serves files with hashed names as immutable, and compressed if the client accepts it', async () => {
    const plain = await get('/assets/app-1a2b.js');
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(String(plain.body), SCRIPT);
    const compressed = await get('/assets/app-1a2b.js', { 'accept-encoding': 'gzip, deflate, br' });
    assert.equal(compressed.headers['content-encoding'], 'gzip');
    assert.equal(compressed.headers.vary, 'Accept-Encoding');
    assert.ok(compressed.body.length < SCRIPT.length / 10);
    assert.equal(String(gunzipSync(compressed.body)), SCRIPT);
  });

  test('responds 304 if the ETag matches', async () => {
    const { headers } = await get('/');
    const again = await get('/', { 'if-none-match': String(headers.etag) });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    assert.equal((await get('/', { 'if-none-match': '"another"' })).status, 200);
  });

  test('responds to HEAD without a body, and rejects other methods', async () => {
    const head = await get('/', {}, 'HEAD');
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    const post = await get('/', {}, 'POST');
    assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
  });

  test('serves nothing but its files', async () => {
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets\\..\\..\\secret.txt',
      '//etc/passwd',
      '/assets',
      '/assets/',
      '/__proto__',
      '/nothing.js',
    ]) {
      const { status, headers, body } = await get(path);
      assert.equal(status, 404, path);
      assert.match(String(headers['content-type']), /problem\+json/);
      assert.doesNotMatch(String(body), /"secret"/);
    }
  });

  test('reports its health', async () => {
    assert.deepEqual(JSON.parse(String((await get('/healthz')).body)), { status: 'ok' });
    assert.equal((await get('/readyz')).status, 200);
    readiness.stopping = true;
    assert.equal((await get('/readyz')).status, 503);
    readiness.stopping = false;
  });

  test("rejects an index.html without the placeholder of the API's URL", async () => {
    await assert.rejects(withApiUrl(new Map(), 'http://api.example'), /%API_URL%/);
  });
});
