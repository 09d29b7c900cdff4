import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { CHILD_ENVIRONMENT } from '../../tests/support/child-environment.ts';
import { temporaryFolder } from '../../tests/support/lens-store.ts';
import { serve } from '../../tests/support/serve.ts';
import { until } from '../../tests/support/until.ts';
import { freePort } from '../launcher/ports.ts';
import { IN_MEMORY, type Lens, startLens } from './lens.ts';

function pushLog(url: string, line: string): Promise<Response> {
  const values = [[`${Date.now()}000000`, line]];
  return fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream: { service_name: 'a' }, values }] }),
  });
}

test('lens starts and stops within seconds, twice in the same process', async () => {
  for (let round = 0; round < 2; round += 1) {
    const beforeStart = performance.now();
    const lens = await startLens(IN_MEMORY, assert.fail);
    const started = performance.now();
    assert.ok(started - beforeStart < 5000, `started in ${started - beforeStart} ms`);
    await lens[Symbol.asyncDispose]();
    assert.ok(performance.now() - started < 5000, `stopped in ${performance.now() - started} ms`);
  }
});

test("stopping doesn't wait for keep-alive connections", async () => {
  const lens = await startLens(IN_MEMORY, assert.fail);
  const client = new grpc.Client(new URL(lens.otlpGrpcUrl).host, grpc.credentials.createInsecure(), {
    'grpc.keepalive_time_ms': 1000,
    'grpc.keepalive_permit_without_calls': 1,
  });
  await new Promise<void>((resolve, reject) =>
    client.waitForReady(Date.now() + 2000, (error) => (error ? reject(error) : resolve())),
  );
  await pushLog(lens.url, 'over a connection that fetch keeps');
  const startedAt = performance.now();
  await lens[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedAt < 5000, `stopped in ${performance.now() - startedAt} ms`);
  client.close();
});

test('everything acknowledged before a stop is there after a restart', async (t) => {
  const dataDir = await temporaryFolder(t);
  let acknowledged = 0;
  const lens = await startLens({ ...IN_MEMORY, dataDir }, assert.fail);
  const senders = Array.from({ length: 4 }, async () => {
    for (;;) {
      const response = await pushLog(lens.url, 'x').catch(() => undefined);
      if (response?.status !== 204) return;
      acknowledged += 1;
    }
  });
  while (acknowledged < 200) await new Promise((resolve) => setImmediate(resolve));
  await lens[Symbol.asyncDispose]();
  await Promise.all(senders);
  await using again = await startLens({ ...IN_MEMORY, dataDir }, assert.fail);
  const stored = (await again.summary()).logs;
  assert.ok(stored >= acknowledged, `${stored} of ${acknowledged}`);
});

test('queries and summaries include what was just received', async () => {
  await using lens = await startLens(IN_MEMORY, assert.fail);
  for (let count = 1; count <= 20; count += 1) {
    await pushLog(lens.url, 'x');
    assert.deepEqual((await lens.query('SELECT count(*) FROM logs')).rows, [[count]]);
    assert.equal((await lens.summary()).logs, count);
  }
});

test('if a port is in use, the start fails, naming it, and leaves nothing open', async (t) => {
  await using taken = await serve(() => {});
  const { port } = taken;
  const dataDir = await temporaryFolder(t);
  for (const name of ['port', 'otlpHttpPort', 'otlpGrpcPort'] as const) {
    await assert.rejects(startLens({ ...IN_MEMORY, dataDir, [name]: port }, assert.fail), new RegExp(`${port}`));
  }
  await using lens: Lens = await startLens({ ...IN_MEMORY, dataDir }, assert.fail);
  assert.equal((await fetch(`${lens.url}/healthz`)).status, 200);
});

/** Runs main.ts on ports that were free a moment ago. */
async function startProcess(t: TestContext, env: Record<string, string> = {}) {
  const [port, grpcPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    env: {
      ...CHILD_ENVIRONMENT,
      LENS_PORT: String(port),
      LENS_OTLP_GRPC_PORT: String(grpcPort),
      LENS_OTLP_HTTP_PORT: String(httpPort),
      LENS_DATA_DIR: await temporaryFolder(t),
      ...env,
    },
  });
  t.after(() => child.kill('SIGKILL'));
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk));
  return { child, output, url: `http://127.0.0.1:${port}` };
}

async function exitOf(child: ChildProcess): Promise<unknown[]> {
  return child.exitCode === null && child.signalCode === null
    ? once(child, 'exit')
    : [child.exitCode, child.signalCode];
}

test('as a process, it prints where it listens, and exits with 0 on SIGTERM', async (t) => {
  const { child, output, url } = await startProcess(t);
  await until(() => output.text.includes(url), { intervalMs: 20, what: () => `${url} in ${output.text}` });
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  assert.equal((await fetch(`${url}/`)).status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await exitOf(child), [0, null]);
  assert.match(output.text, /^lens: page http:\S+, OTLP http:\S+ \(gRPC\) and http:\S+ \(HTTP\)\n$/);
});

test('as a process, it exits with 1 and a clear message if a variable is invalid', async (t) => {
  const { child, output } = await startProcess(t, { LENS_MEMORY_LIMIT: 'lots' });
  assert.deepEqual(await exitOf(child), [1, null]);
  assert.match(output.text, /LENS_MEMORY_LIMIT="lots": expected a size/);
});
