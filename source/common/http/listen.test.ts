import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { listen } from './listen.ts';

/**
 * A client in a separate thread, which runs while this one is blocked. Sends a request per message, on one connection.
 */
const CLIENT = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Agent, request } = require('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  parentPort.on('message', () => {
    request(workerData, { agent }, (response) => {
      response.resume().on('end', () => parentPort.postMessage(response.statusCode));
    })
      .on('error', ({ code }) => parentPort.postMessage(code))
      .end();
  });
`;

describe('shutdown', () => {
  test('answers requests that arrived while the process was blocked', async () => {
    const listening = await listen((_request, response) => response.end(), 0, '127.0.0.1');
    const client = new Worker(CLIENT, { eval: true, workerData: listening.url });
    try {
      client.postMessage('ask');
      assert.deepEqual(await once(client, 'message'), [200]);

      const stopped = listening[Symbol.asyncDispose]();
      client.postMessage('ask');
      const answer = once(client, 'message');
      // Blocks this thread: requests aren't read, and timers don't fire.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);

      assert.deepEqual(await answer, [200]);
      await stopped;
    } finally {
      await client.terminate();
    }
  });

  test("answers on a connection from the kernel's backlog", async () => {
    const closing = (_request: IncomingMessage, response: ServerResponse) =>
      response.setHeader('Connection', 'close').end();
    const listening = await listen(closing, 0, '127.0.0.1');
    const client = new Worker(CLIENT, { eval: true, workerData: listening.url });
    try {
      client.postMessage('ask');
      assert.deepEqual(await once(client, 'message'), [200]);

      client.postMessage('ask');
      const answer = once(client, 'message');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
      const stopped = listening[Symbol.asyncDispose]();

      assert.deepEqual(await answer, [200]);
      await stopped;
    } finally {
      await client.terminate();
    }
  });

  test('finishes a slow request, then refuses connections', async () => {
    const listening = await listen(
      async (_request, response) => {
        await sleep(800);
        response.end('done');
      },
      0,
      '127.0.0.1',
    );
    const answer = fetch(listening.url).then((response) => response.text());
    await sleep(100);
    await listening[Symbol.asyncDispose]();
    assert.equal(await answer, 'done');
    await assert.rejects(fetch(listening.url));
  });
});
