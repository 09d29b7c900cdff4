import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { UserError } from '@mythical/common/lifecycle';
import { useFolder } from '../../tests/support/temporary-folder.ts';
import { startChild } from './child.ts';
import { startPart, whenReady } from './parts.ts';
import { freePort } from './ports.ts';

/** A service that answers /readyz with the given statuses, repeating the last one. */
const SERVICE = `
  import { createServer } from 'node:http';
  const [port, ...statuses] = process.argv.slice(2);
  createServer((request, response) => {
    const status = Number(statuses.length > 1 ? statuses.shift() : statuses[0]);
    console.log('answering ' + request.url + ' with ' + status);
    response.writeHead(status).end('{"database":"ok"}');
  }).listen(Number(port), '127.0.0.1');`;

describe('a part of the sandbox', () => {
  const folder = useFolder('parts');
  before(() => writeFile(join(folder, 'service.mjs'), SERVICE));

  async function start(...statuses: number[]) {
    const port = await freePort();
    const args = [port, ...statuses].map(String);
    let isStopping = false;
    const part = startPart(
      'service',
      join(folder, 'service.log'),
      () => isStopping,
      (onLine) => startChild({ name: 'service', main: join(folder, 'service.mjs'), args, onLine }),
    );
    const stop = () => {
      isStopping = true;
      return part.child.stop();
    };
    return { part, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
  }

  test('is ready when /readyz responds with 200, not before', async () => {
    await using service = await start(503, 503, 200);
    await whenReady(service.part, service.url);
    assert.deepEqual(service.part.child.lastLines().slice(0, 3), [
      'answering /readyz with 503',
      'answering /readyz with 503',
      'answering /readyz with 200',
    ]);
  });

  test("is reported with its last response and log lines if it doesn't become ready", async () => {
    await using service = await start(503);
    await assert.rejects(whenReady(service.part, service.url, 1_500), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^service is not ready after 1\.5 s \(.*\/readyz: 503 \{"database":"ok"\}\)/);
      assert.match(error.message, /\n {2}\| answering \/readyz with 503$/);
      return true;
    });
  });

  test('has a log file', async () => {
    await using service = await start(200);
    await whenReady(service.part, service.url);
    assert.match(await readFile(service.part.logPath, 'utf8'), /^answering \/readyz with 200$/m);
  });
});
