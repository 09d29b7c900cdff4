import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ENDPOINT_TYPES, type EndpointType, vocabularyOf } from '@mythical/common/vocabulary';
import { freePort } from '../../source/launcher/ports.ts';
import { send } from '../support/api.ts';
import { inProject, run } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { type RunningService, startSandbox } from '../support/sandbox.ts';
import { useFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

/** The load from k6: the real k6, on a real server and a real Postgres. */

const SCRIPT = inProject('k6/mythical-loadtest.js');

// https://github.com/grafana/k6/blob/v1.8.1/errext/exitcodes/codes.go
const THRESHOLDS_HAVE_FAILED = 99;
const EXTERNAL_ABORT = 105;

const k6 = await realProgram('k6');

describe('the load of k6', { skip: k6.skip }, () => {
  const sandbox = useStarted(startSandbox);
  const folder = useFolder('k6');

  for (const words of ENDPOINT_TYPES) {
    test(`calls every method of every kind, passes its thresholds, and leaves nothing behind: ${words}`, async () => {
      const server = await sandbox.start('server', { ENDPOINT_TYPE: words, NAMESPACE: words });
      const summaryFile = join(folder, `${words}.json`);
      const run = await startK6(server.url, {
        env: { ENDPOINT_TYPE: words, K6_VUS: '8', K6_DURATION: '5s' },
        args: ['--summary-export', summaryFile],
      });
      assert.equal(await run.exitCode, 0, run.output());

      const { metrics } = JSON.parse(await readFile(summaryFile, 'utf8')) as K6Summary;
      assert.equal(metrics.checks!.fails, 0);
      assert.ok(metrics.checks!.passes! > 100, `${metrics.checks!.passes} checks`);
      assert.equal(metrics.vus_max!.value, 8);
      const { kinds, tag } = vocabularyOf(words);
      for (const kind of kinds) assert.ok(`checks{${tag}:${kind.name}}` in metrics, kind.name);
      const thresholds = Object.values(metrics).flatMap(({ thresholds }) => Object.values(thresholds ?? {}));
      assert.equal(thresholds.length, 9);
      // The export tells whether a threshold was crossed.
      assert.ok(!thresholds.includes(true), run.output());

      // All requests come from k6, so each server span must be the child of a span that k6 made up, in a separate trace.
      const requests = metrics.http_reqs!.count!;
      const [spans] = await until(
        async () => {
          const rows = await sandbox.rows<{ n: number; children: number; traces: number }>(`
            select count(*)::int as n, count(parent_span_id)::int as children, count(distinct trace_id)::int as traces
            from spans where kind = 'server' and (resource->>'service.namespace') = '${words}'`);
          return rows[0]!.n >= requests && rows;
        },
        { what: () => `${requests} server spans` },
      );
      assert.deepEqual(spans, { n: requests, children: requests, traces: requests });

      const called = await sandbox.rows<{ call: string }>(`
        select distinct http_method || ' ' || http_target as call from spans
        where kind = 'server' and (resource->>'service.namespace') = '${words}' and http_target not like '%?%'
          and http_status_code in (200, 201, 204)`);
      const expected = kinds.flatMap(({ name }) => ['GET', 'POST', 'DELETE'].map((method) => `${method} /${name}`));
      assert.deepEqual(called.map(({ call }) => call).sort(), expected.sort());

      assert.deepEqual(await beastsOf(server, words), []);
      await server.stop();
    });
  }

  test('continues when requests fail, reports the failures at the end, and logs traces that exist', async () => {
    const server = await sandbox.start('server');
    const started = await send('POST', `${server.url}/scenarios`, { name: 'error-burst', seconds: 3 });
    assert.equal(started.status, 201);
    const run = await startK6(server.url, { env: { K6_VUS: '4', K6_DURATION: '4s' } });
    assert.equal(await run.exitCode, THRESHOLDS_HAVE_FAILED, run.output());
    assert.match(run.output(), /thresholds on metrics .*checks\{method:GET\}.* have been crossed/);

    const logged = [...run.output().matchAll(/(GET|POST|DELETE) \w+ answered 500 traceID=([0-9a-f]{32})/g)];
    assert.ok(logged.length > 10, run.output());
    const ids = logged.map(([, , traceId]) => `'${traceId}'`).join();
    await until(
      async () => {
        const [found] = await sandbox.rows<{ n: number }>(`
          select count(*)::int as n from spans
          where kind = 'server' and status = 'error' and http_status_code = 500 and trace_id in (${ids})`);
        return found!.n === logged.length;
      },
      { what: () => `a failed server span for each of ${logged.length} logged traces` },
    );
    // Beasts that visits could not delete are deleted afterwards.
    assert.deepEqual(await beastsOf(server, 'MYTHICAL'), []);
    await server.stop();
  });

  test('stops immediately on SIGTERM, in the middle of visits, and leaves nothing behind', {
    skip: noSignals(),
  }, async () => {
    const server = await sandbox.start('server');
    // The pause is so long that visits have added beasts, and are far from removing them.
    const run = await startK6(server.url, { env: { K6_VUS: '40', THINK_TIME: '1' } });
    await until(async () => (await beastsOf(server, 'MYTHICAL')).length > 10);
    const status = await fetch(`http://127.0.0.1:${run.port}/v1/status`);
    assert.equal(status.status, 200, 'the REST API, which Compose uses for the healthcheck');
    const start = performance.now();
    run.child.kill('SIGTERM');
    assert.equal(await run.exitCode, EXTERNAL_ABORT, run.output());
    assert.ok(performance.now() - start < 8_000, 'Docker would have killed it after 10 s');
    assert.deepEqual(await beastsOf(server, 'MYTHICAL'), []);
    await server.stop();
  });

  test('continues without a server, and reports the problem', async () => {
    const unusedUrl = `http://127.0.0.1:${await freePort()}`;
    const run = await startK6(unusedUrl, { env: { K6_VUS: '2', K6_DURATION: '3s' } });
    assert.equal(await run.exitCode, THRESHOLDS_HAVE_FAILED, run.output());
    assert.match(run.output(), /Request Failed.*connection refused|Request Failed.*actively refused/);
    assert.match(run.output(), /checks_failed\.*: 100\.00%/);
    const errors = run.output().match(/.*level=error.*/g) ?? [];
    assert.deepEqual(
      errors.filter((line) => !line.includes('thresholds on metrics')),
      [],
    );
  });

  test('K6_VUS and K6_DURATION each change only their own option', async () => {
    const inspect = async (env: Record<string, string>) => {
      const { stdout, stderr } = await run(k6.path as string, ['inspect', '--execution-requirements', SCRIPT], {
        env: { ...k6Env(), ...env },
      });
      assert.equal(stderr, '');
      const { scenarios } = JSON.parse(stdout) as { scenarios: Record<string, Record<string, unknown>> };
      const { executor, vus, duration } = scenarios.default!;
      return { executor, vus, duration };
    };
    const executor = 'constant-vus';
    assert.deepEqual(await inspect({}), { executor, vus: 4, duration: '1h0m0s' });
    assert.deepEqual(await inspect({ K6_VUS: '7' }), { executor, vus: 7, duration: '1h0m0s' });
    assert.deepEqual(await inspect({ K6_DURATION: '90s' }), { executor, vus: 4, duration: '1m30s' });
  });

  type K6Run = { child: ChildProcess; port: number; exitCode: Promise<number | null>; output(): string };

  async function startK6(
    serverUrl: string,
    { env, args = [] }: { env: Record<string, string>; args?: string[] },
  ): Promise<K6Run> {
    const port = await freePort();
    const child = spawn(k6.path as string, ['run', '--quiet', '--address', `127.0.0.1:${port}`, ...args, SCRIPT], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...k6Env(), MYTHICAL_SERVER_URL: serverUrl, THINK_TIME: '0.05', ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const exitCode = once(child, 'close').then(([code]) => code as number | null);
    return { child, port, exitCode, output: () => output };
  }

  function k6Env(): Record<string, string> {
    // A separate home directory, because k6 reads its configuration from it.
    return { PATH: process.env.PATH ?? '', HOME: folder, K6_NO_USAGE_REPORT: 'true' };
  }
});

/** The part of the `--summary-export` output that these tests use. */
type K6Summary = {
  metrics: Record<
    string,
    { count?: number; value?: number; passes?: number; fails?: number; thresholds?: Record<string, boolean> }
  >;
};

async function beastsOf(server: RunningService, words: EndpointType): Promise<string[]> {
  const pages = await Promise.all(
    vocabularyOf(words).kinds.map(async ({ name }) => {
      const response = await fetch(`${server.url}/${name}?limit=1000`);
      assert.equal(response.status, 200);
      return (await response.json()) as { name: string }[];
    }),
  );
  return pages.flat().map(({ name }) => name);
}

function noSignals(): string | false {
  return process.platform === 'win32' && 'Windows has no SIGTERM';
}
