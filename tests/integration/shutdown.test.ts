import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../support/api.ts';
import { startLoad } from '../support/keep-alive-load.ts';
import { type RunningService, startSandbox, startService } from '../support/sandbox.ts';
import { traceparent } from '../support/traceparent.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

/** A stopping service finishes its work and flushes its telemetry. */

const sandbox = useStarted(startSandbox);

async function tracesFound(service: string, traceIds: string[]): Promise<number> {
  const list = traceIds.map((id) => `'${id}'`).join(',');
  const [row] = await sandbox.rows<{ n: number }>(
    `select count(distinct trace_id)::int as n from spans where service = '${service}' and kind = 'server' and trace_id in (${list})`,
  );
  return row!.n;
}

describe('a service on SIGTERM', () => {
  test('does not wait for a profile that is being pulled: the client gets the samples collected so far', async () => {
    const server = await sandbox.start('server', { PROFILING_MODE: 'pull' });
    const profile = fetch(`${server.url}/debug/pprof/profile?seconds=30`).then(async (answer) => ({
      status: answer.status,
      bytes: (await answer.arrayBuffer()).byteLength,
    }));
    await sleep(500);
    const { code, milliseconds } = await server.stop();
    assert.equal(code, 0);
    assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
    const { status, bytes } = await profile;
    assert.equal(status, 200);
    assert.ok(bytes > 0);
  });

  test('finishes the requests in flight, exits with 0, and their spans arrive', async () => {
    const server = await sandbox.start('server');
    await send('POST', `${server.url}/scenarios`, { name: 'slow-database', seconds: 60 });
    const parents = Array.from({ length: 20 }, traceparent);
    let answered = 0;
    const answers = Promise.all(
      parents.map(async ({ header }) => {
        const answer = await fetch(`${server.url}/unicorn`, { headers: { traceparent: header } });
        answered++;
        return answer;
      }),
    );
    await until(async () => answered + (await connectionsWanted(server)) >= parents.length, { intervalMs: 10 });
    assert.ok(answered < parents.length, 'nothing is in flight');
    const { code, signal, milliseconds } = await server.stop();
    assert.deepEqual(
      (await answers).map(({ status }) => status),
      Array(20).fill(200),
    );
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
    assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
    assert.equal(
      await tracesFound(
        'mythical-server',
        parents.map(({ traceId }) => traceId),
      ),
      20,
    );
  });

  test('under load on keep-alive connections, every accepted request is answered, and no span is lost', async () => {
    const server = await sandbox.start('server');
    await using load = startLoad(server, 16);
    await until(() => load.answered.length > 300);
    const { code, milliseconds } = await server.stop();
    await load.ended;
    assert.equal(code, 0);
    assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
    assert.deepEqual(load.broken, []);
    assert.equal(await tracesFound('mythical-server', load.answered), load.answered.length);
  });

  test('is no longer ready, but still answers', async () => {
    const server = await sandbox.start('server');
    const get = async () => {
      const response = await fetch(`${server.url}/readyz`);
      // Only then can the next request use the same connection.
      await response.arrayBuffer();
      return { status: response.status, connection: response.headers.get('connection') };
    };
    assert.equal((await get()).status, 200);
    const stopped = server.stop();
    const { status, connection } = await until(
      async () => {
        const answer = await get();
        return answer.status === 503 && answer.connection === 'close' && answer;
      },
      // It answers for less than half a second.
      { intervalMs: 5 },
    );
    assert.equal(status, 503);
    assert.equal(connection, 'close');
    assert.equal((await stopped).code, 0);
  });

  test('exits with 0 and in time without a collector', async () => {
    await stopsWithCollectorAt(1);
  });

  test('exits with 0 and in time if the collector accepts everything and never responds', async () => {
    const blackHole = createServer().listen(0, '127.0.0.1');
    await once(blackHole, 'listening');
    const sockets = new Set<Socket>();
    blackHole.on('connection', (socket) => sockets.add(socket));
    try {
      await stopsWithCollectorAt((blackHole.address() as AddressInfo).port);
    } finally {
      blackHole.close();
      for (const socket of sockets) socket.destroy();
    }
  });

  async function stopsWithCollectorAt(port: number) {
    const server = await sandbox.start('server', {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      LOGS_TARGET: `http://127.0.0.1:${port}/loki/api/v1/push`,
      PROFILE_COLLECTOR_PORT: String(port),
    });
    const load = Promise.all(Array.from({ length: 500 }, () => fetch(`${server.url}/unicorn`)));
    await sleep(1500);
    assert.ok((await load).every(({ status }) => status === 200));
    const { code, milliseconds } = await server.stop();
    assert.equal(code, 0, server.output());
    assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
  }

  test('stops in time even if a client keeps an idle connection open', async () => {
    const server = await sandbox.start('server');
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.on('error', () => {});
    const { code, milliseconds } = await server.stop();
    socket.destroy();
    assert.equal(code, 0);
    assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
  });

  test('the recorder finishes its current message', async () => {
    const recorder = await sandbox.start('recorder');
    const server = await sandbox.start('server');
    const requester = await sandbox.start('requester', { MYTHICAL_SERVER_URL: server.url });
    await until(async () =>
      (await (await fetch(`${recorder.url}/metrics`)).text()).includes('mythical_messages_recorded_total'),
    );
    for (const service of [recorder, requester]) assert.equal((await service.stop()).code, 0);
    const unfinished = await sandbox.rows(`
      select name from spans where service = 'mythical-recorder' and kind = 'consumer' and status = 'error'`);
    assert.deepEqual(unfinished, []);
  });
});

describe('a service that cannot start', { concurrency: true }, () => {
  test('reports the invalid variable, its value, and what was expected', async () => {
    await assert.rejects(
      startService('server', {
        ...sandbox.env,
        PORT: '99999',
        LOG_LEVEL: 'loud',
        LOGS_TARGET: 'ftp://x',
        POSTGRES_POOL_SIZE: 'ten',
      }),
      (error: Error) => {
        assert.match(error.message, /PORT="99999": expected a whole number, 1 to 65535/);
        assert.match(error.message, /LOG_LEVEL="loud": expected one of error, warn, info, debug/);
        assert.match(error.message, /LOGS_TARGET="ftp:\/\/x": expected a URL that starts with http:\/\/ or https:\/\//);
        assert.match(error.message, /POSTGRES_POOL_SIZE="ten": expected a whole number, 1 to 100/);
        assert.doesNotMatch(error.message, /at .*\.ts/, 'no stack, because it is not a bug');
        return true;
      },
    );
  });

  test('does not wait for a database that rejects its password', async () => {
    await assert.rejects(
      startService('server', { ...sandbox.env, POSTGRES_PASSWORD: 'wrong' }),
      /password authentication failed/,
    );
  });

  test('waits for a database that is not up yet, and logs it', async () => {
    const waits = /database unreachable, retrying in \d+ ms: connect ECONNREFUSED 127\.0\.0\.1:1/;
    const server = await startService(
      'server',
      { ...sandbox.env, POSTGRES_PORT: '1', LOGS_TARGET: '' },
      { isReady: async (_, output) => waits.test(output) },
    );
    await assert.rejects(fetch(`${server.url}/readyz`), { message: 'fetch failed' });
    await server.stop();
  });
});

/** By requests that it has accepted. */
async function connectionsWanted(server: RunningService): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const states = metrics.matchAll(/^mythical_database_connections\{.*state="(?:used|waiting)".*\} (\d+)/gm);
  return states.reduce((sum, [, count]) => sum + Number(count), 0);
}
