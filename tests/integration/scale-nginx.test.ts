import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../source/launcher/ports.ts';
import { startNginx } from '../support/nginx.ts';
import { realProgram } from '../support/real-program.ts';
import { startRemoteWriter } from '../support/remote-writer.ts';

// scale/nginx.conf in a real nginx, with servers behind it that fail in the ways that a Mimir can. With real Mimirs:
// scale-mimir.test.ts.

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const well: Behaviour = (_, response) => response.end('well');
const unavailable: Behaviour = (_, response) => response.writeHead(503).end('not ready');
/** Accepts the request, then drops the connection. */
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
    test(`a POST of ${path} that could not be delivered goes to the next server, once and complete`, async () => {
      const body = 'x'.repeat(3_000_000);
      await using balancer = await start(['gone', 'gone', well]);
      assert.deepEqual(await ask(balancer, path, body), [200, 'well']);
      assert.deepEqual(received, [{ by: 2, method: 'POST', url: path, body }]);
    });

    test(`a POST of ${path} whose connection broke during the response is not written twice`, async () => {
      await using balancer = await start([dies, dies, dies]);
      const [status] = await ask(balancer, path, 'samples');
      // Remote write clients retry after 5xx.
      assert.equal(status, 502);
      assert.equal(received.length, 1);
    });

    test(`a POST of ${path} that was rejected is not written twice, and keeps its response`, async () => {
      await using balancer = await start([unavailable, unavailable, unavailable]);
      assert.deepEqual(await ask(balancer, path, 'samples'), [503, 'not ready']);
      assert.equal(received.length, 1);
    });
  }

  for (const [fault, behaviour] of Object.entries({ 'is gone': 'gone', dies, 'is not ready': unavailable } as const)) {
    for (const [method, body] of [['GET'], ['POST', 'query=up']] as const) {
      test(`a query by ${method} is retried on another server when a Mimir ${fault}`, async () => {
        await using balancer = await start([behaviour, behaviour, well]);
        assert.deepEqual(await ask(balancer, QUERY, body), [200, 'well']);
        assert.equal(received.at(-1)?.body, body ?? '');
      });
    }
  }

  test('writes go round-robin, and skip a failed server for five seconds', async () => {
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

  test('under load, with one killed and restarted: each write arrives, and twice only if its connection broke', async (t) => {
    /** Slow enough that some requests are in flight at any time. */
    const slow: Behaviour = (_, response) => setTimeout(() => response.end(), 20);
    await using balancer = await start([slow, slow, slow]);
    const names = ['a', 'b', 'c', 'd'];
    const writers = names.map((name) =>
      startRemoteWriter(`${balancer.url}${WRITE}`, { name, series: 1, intervalMs: 2 }),
    );
    await sleep(1_500);
    balancer.kill(1);
    await sleep(1_500);
    await balancer.start(1);
    await sleep(6_000);
    await Promise.all(writers.map((writer) => writer.stop()));

    const sent = writers.reduce((sum, { samples }) => sum + samples, 0);
    const retries = writers.flatMap((writer) => writer.retries);
    const bodies = received.map(({ body }) => body);
    const twice = bodies.length - new Set(bodies).size;
    t.diagnostic(`${sent} writes, ${retries.length} resent, ${twice} arrived twice`);
    assert.ok(sent > 100, `${sent} writes`);
    assert.equal(new Set(bodies).size, sent);
    assert.ok(twice <= retries.length);
    assert.ok(retries.length <= names.length, retries.join(', '));
    // It gets its share again once it is back.
    assert.equal(received.slice(-9).filter(({ by }) => by === 1).length, 3);
  });

  /** nginx, and three servers behind it. A server that is gone does not listen. */
  async function start(mimirs: (Behaviour | 'gone')[]) {
    await using resources = new AsyncDisposableStack();
    const ports = [await freePort(), await freePort(), await freePort()] as const;
    const servers = mimirs.map((behaviour, by) =>
      createServer(async (request, response) => {
        const body = Buffer.concat(await Array.fromAsync(request)).toString('latin1');
        received.push({ by, method: request.method!, url: request.url!, body });
        if (behaviour !== 'gone') behaviour(request, response);
      }),
    );
    const listen = (index: number) => once(servers[index]!.listen(ports[index], '127.0.0.1'), 'listening');
    function kill(index: number): void {
      servers[index]!.close();
      servers[index]!.closeAllConnections();
    }
    for (const [index, behaviour] of mimirs.entries()) {
      if (behaviour === 'gone') continue;
      await listen(index);
      resources.defer(() => kill(index));
    }
    const { url } = resources.use(await startNginx(nginx.path!, [...ports]));
    const started = resources.move();
    return { url, kill, start: listen, [Symbol.asyncDispose]: () => started.disposeAsync() };
  }

  async function ask({ url }: { url: string }, path: string, body?: string): Promise<[number, string]> {
    const response = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', body });
    return [response.status, await response.text()];
  }
});
