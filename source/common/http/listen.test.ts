import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { listen } from './listen.ts';

/** A client in a separate thread, which runs while this one is blocked. Sends a request per message. */
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

/** Sends a request while this thread is blocked: it reads no requests then, and its timers don't fire. */
async function askWhileBlocked(handler: RequestListener, stop: 'before' | 'afterwards'): Promise<unknown[]> {
  const listening = await listen(handler, 0, '127.0.0.1');
  const client = new Worker(CLIENT, { eval: true, workerData: listening.url });
  try {
    client.postMessage('ask');
    assert.deepEqual(await once(client, 'message'), [200]);

    const stopped = stop === 'before' ? listening[Symbol.asyncDispose]() : undefined;
    client.postMessage('ask');
    const answer = once(client, 'message');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    await (stopped ?? listening[Symbol.asyncDispose]());
    return await answer;
  } finally {
    await client.terminate();
  }
}

describe('shutdown', () => {
  test('answers requests that arrived while the process was blocked', async () => {
    assert.deepEqual(await askWhileBlocked((_request, response) => response.end(), 'before'), [200]);
  });

  test("answers on a connection from the kernel's backlog", async () => {
    const closing: RequestListener = (_request, response) => response.setHeader('Connection', 'close').end();
    assert.deepEqual(await askWhileBlocked(closing, 'afterwards'), [200]);
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
