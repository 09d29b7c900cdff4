import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../source/launcher/ports.ts';
import { checkResult, newContext } from './result.ts';
import type { Stack } from './stack.ts';

// A port of Alloy that opens late, and one that hangs: neither is the student's mistake.

async function listening(handler: RequestListener, port = 0) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const sendsLine = (lokiPush: string, loki: string) =>
  checkResult(
    { id: 'line', type: 'line', input: { line: '{marker}' }, expect: {} },
    newContext({ lokiPush, loki } as Stack, 1, 'config.alloy'),
  );

test('a port that opens a moment after the reload gets the data, once', async () => {
  const pushed: string[] = [];
  await using loki = await listening((_, response) => {
    const values = pushed.map((line) => ['1795991562790000000', line]);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { resultType: 'streams', result: [{ stream: {}, values }] } }));
  });
  const port = await freePort();
  const finding = sendsLine(`http://127.0.0.1:${port}`, loki.url);
  await sleep(700);
  await using _door = await listening(async (request, response) => {
    const chunks = await Array.fromAsync(request);
    pushed.push(JSON.parse(Buffer.concat(chunks).toString()).streams[0].values[0][1]);
    response.writeHead(204).end();
  }, port);
  assert.deepEqual([(await finding).verdict, pushed.length], ['passed', 1]);
});

test('a backend whose response never ends: can’t tell', { timeout: 20_000 }, async () => {
  await using loki = await listening((_, response) => response.write('{"data":'));
  await using door = await listening((_, response) => response.writeHead(204).end());
  const { verdict, code } = await sendsLine(door.url, loki.url);
  assert.deepEqual([verdict, code], ['unknown', 'no-backend']);
});

test('what arrives late because the port opened late is not reported as lost', async () => {
  await using loki = await listening((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { resultType: 'streams', result: [] } }));
  });
  const run = async (delay: number) => {
    const port = await freePort();
    const context = newContext({ lokiPush: `http://127.0.0.1:${port}`, loki: loki.url } as Stack, 1, 'config.alloy');
    const check = { id: 'line', type: 'line', input: { line: '{marker}' }, expect: {} } as const;
    const finding = checkResult(check, { ...context, patience: 0.6 });
    await sleep(delay);
    await using _door = await listening((_, response) => response.writeHead(204).end(), port);
    return (await finding).code;
  };
  assert.deepEqual([await run(0), await run(700)], ['not-arrived', 'not-yet']);
});

test('a port that never responds: can’t tell', async () => {
  await using hanging = await listening(() => {});
  const { verdict, code } = await sendsLine(hanging.url, 'http://127.0.0.1:9');
  assert.deepEqual([verdict, code], ['unknown', 'slow']);
});
