import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, test } from 'node:test';
import { freePort } from '../../source/launcher/ports.ts';
import { startNginx } from '../support/nginx.ts';
import { realProgram } from '../support/real-program.ts';

// scale/nginx.conf in a real nginx, with servers behind it that fail in the ways that a Mimir can. What it does for real Mimirs:
// scale-mimir.test.ts.

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const well: Behaviour = (_, response) => response.end('well');
const unavailable: Behaviour = (_, response) => response.writeHead(503).end('not ready');
/** Takes all of a request, and dies of it. */
const dies: Behaviour = (request) => request.socket.destroy();

const WRITE = '/api/v1/push';
const QUERY = '/prometheus/api/v1/query';
const nginx = await realProgram('nginx');

describe('scale/nginx.conf', { skip: nginx.skip, timeout: 60_000 }, async () => {
  let received: { by: number; method: string; url: string; body: string }[];
  beforeEach(() => {
    received = [];
  });

  for (const path of [WRITE, '/otlp/v1/metrics', '/alertmanager/api/v2/silences']) {
    test(`a POST of ${path} that could not be delivered goes to the next, once and whole`, async () => {
      const body = 'x'.repeat(3_000_000);
      await using balancer = await start(['gone', 'gone', well]);
      assert.deepEqual(await ask(balancer, path, body), [200, 'well']);
      assert.deepEqual(received, [{ by: 2, method: 'POST', url: path, body }]);
    });

    test(`a POST of ${path} that broke on its way back is not written a second time`, async () => {
      await using balancer = await start([dies, dies, dies]);
      const [status] = await ask(balancer, path, 'samples');
      // Senders of remote write try again after 5xx.
      assert.equal(status, 502);
      assert.equal(received.length, 1);
    });

    test(`a POST of ${path} that was refused is not written a second time, and keeps its answer`, async () => {
      await using balancer = await start([unavailable, unavailable, unavailable]);
      assert.deepEqual(await ask(balancer, path, 'samples'), [503, 'not ready']);
      assert.equal(received.length, 1);
    });
  }

  for (const [fault, behaviour] of Object.entries({ 'is gone': 'gone', dies, 'is not ready': unavailable } as const)) {
    for (const [method, body] of [['GET'], ['POST', 'query=up']] as const) {
      test(`a query by ${method} is asked again elsewhere when a Mimir ${fault}`, async () => {
        await using balancer = await start([behaviour, behaviour, well]);
        assert.deepEqual(await ask(balancer, QUERY, body), [200, 'well']);
        assert.equal(received.at(-1)?.body, body ?? '');
      });
    }
  }

  test('writes go to all in turn, and past one that failed for five seconds', async () => {
    await using all = await start([well, well, well]);
    for (let i = 0; i < 9; i++) await ask(all, WRITE, `${i}`);
    assert.deepEqual(
      [0, 1, 2].map((mimir) => received.filter(({ by }) => by === mimir).length),
      [3, 3, 3],
    );

    received = [];
    await using two = await start([dies, well, well]);
    const statuses = [];
    for (let i = 0; i < 9; i++) statuses.push((await ask(two, WRITE, `${i}`))[0]);
    assert.deepEqual(
      statuses.filter((status) => status !== 200),
      [502],
    );
    assert.equal(received.filter(({ by }) => by === 0).length, 1);
  });

  /** nginx, and three servers behind it. One that is gone does not listen. */
  async function start(mimirs: (Behaviour | 'gone')[]) {
    await using resources = new AsyncDisposableStack();
    const ports: number[] = [];
    for (const [index, behaviour] of mimirs.entries()) {
      if (behaviour === 'gone') {
        ports.push(await freePort());
        continue;
      }
      const server = createServer(async (request, response) => {
        const body = Buffer.concat(await Array.fromAsync(request)).toString();
        received.push({ by: index, method: request.method!, url: request.url!, body });
        behaviour(request, response);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      resources.defer(() => {
        server.closeAllConnections();
        server.close();
      });
      ports.push((server.address() as AddressInfo).port);
    }
    const { url } = resources.use(await startNginx(nginx.path!, ports as [number, number, number]));
    const started = resources.move();
    return { url, [Symbol.asyncDispose]: () => started.disposeAsync() };
  }

  async function ask({ url }: { url: string }, path: string, body?: string): Promise<[number, string]> {
    const response = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', body });
    return [response.status, await response.text()];
  }
});
