import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Gauge, Histogram, Registry } from 'prom-client';
import { loadLensConfig } from '../config.ts';
import { IN_MEMORY, type Lens, startLens } from '../lens.ts';

/** A service whose /metrics can be made to fail. */
async function startTarget(t: TestContext) {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  const times = new Histogram<'beast' | 'traceID' | 'spanID'>({
    name: 'mythical_request_times',
    help: 'x',
    labelNames: ['beast'],
    buckets: [10, 100],
    enableExemplars: true,
    registers,
  });
  times.observe({
    labels: { beast: 'unicorn' },
    value: 42,
    exemplarLabels: { traceID: 'a'.repeat(32), spanID: 'b'.repeat(16) },
  });
  new Gauge({ name: 'nothing', help: 'x', registers }).set(Number.NaN);
  const target = { answer: await registry.metrics(), status: 200, accept: '', authorization: '', url: '' };
  const server = createServer((request, response) => {
    target.accept = request.headers.accept ?? '';
    target.authorization = request.headers.authorization ?? '';
    response.writeHead(target.status, { 'content-type': registry.contentType }).end(target.answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  target.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  return target;
}

async function until(lens: Lens, sql: string, expected: unknown): Promise<void> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const { rows } = await lens.query(sql);
    if (JSON.stringify(rows) === JSON.stringify(expected)) return;
    assert.ok(Date.now() < deadline, `${sql}: ${JSON.stringify(rows)}`);
  }
}

test('scrapes samples and exemplars, and reports failures', async (t) => {
  const target = await startTarget(t);
  const announced: string[] = [];
  const scrapeTargets = [
    { name: 'mythical-server', url: target.url },
    { name: 'absent', url: 'http://127.0.0.1:9/metrics' },
  ];
  await using lens = await startLens({ ...IN_MEMORY, scrapeTargets, scrapeIntervalMs: 100 }, (message) =>
    announced.push(message),
  );
  const lastUp = (service: string) =>
    `SELECT value FROM metrics WHERE name = 'up' AND service = '${service}' ORDER BY time DESC LIMIT 1`;

  await until(lens, lastUp('mythical-server'), [[1]]);
  await until(lens, lastUp('absent'), [[0]]);
  assert.match(target.accept, /^application\/openmetrics-text/);
  const { rows } =
    await lens.query(`SELECT DISTINCT name, type, labels, value, exemplar_trace_id, exemplar_span_id, exemplar_value
    FROM metrics WHERE service = 'mythical-server' AND exemplar_time IS NOT NULL`);
  assert.deepEqual(rows, [
    [
      'mythical_request_times_bucket',
      'histogram',
      { le: '100', beast: 'unicorn' },
      1,
      'a'.repeat(32),
      'b'.repeat(16),
      42,
    ],
  ]);
  assert.deepEqual((await lens.query("FROM metrics WHERE name = 'nothing'")).rows, []);

  target.status = 500;
  await until(lens, lastUp('mythical-server'), [[0]]);
  target.status = 200;
  const good = target.answer;
  await until(lens, lastUp('mythical-server'), [[1]]);
  target.answer = '<html>';
  await until(lens, lastUp('mythical-server'), [[0]]);
  target.answer = good;
  await until(lens, lastUp('mythical-server'), [[1]]);

  const metrics = await (await fetch(`${lens.url}/metrics`)).text();
  assert.match(metrics, /lens_scrape_failures_total\{target="absent"\} [1-9]/);
  assert.equal(announced.filter((message) => message.includes('absent')).length, 1, announced.join('\n'));
  assert.match(announced.join('\n'), /scrape of mythical-server .* failed: HTTP status 500/);
  assert.match(announced.join('\n'), /scrape of mythical-server recovered/);
});

test("uses a target's user and password, and never prints them or a token", async (t) => {
  const target = await startTarget(t);
  const announced: string[] = [];
  const withSecrets = (url: string) => `${url.replace('://', '://user:hidden1@')}?token=hidden2`;
  const scrapeTargets = loadLensConfig({
    LENS_SCRAPE_TARGETS: `guarded=${withSecrets(target.url)},absent=${withSecrets('http://127.0.0.1:9/metrics')}`,
  }).scrapeTargets;
  const pprofTargets = [{ name: 'profiled', url: withSecrets('http://127.0.0.1:9/debug/pprof') }];
  await using lens = await startLens(
    { ...IN_MEMORY, scrapeTargets, pprofTargets, scrapeIntervalMs: 100, pprofIntervalMs: 1000 },
    (message) => announced.push(message),
  );
  const lastUp = "SELECT value FROM metrics WHERE name = 'up' AND service = 'guarded' ORDER BY time DESC LIMIT 1";
  await until(lens, lastUp, [[1]]);
  assert.equal(target.authorization, `Basic ${btoa('user:hidden1')}`);
  target.status = 401;
  await until(lens, lastUp, [[0]]);
  target.status = 200;
  target.answer = 'not metrics';
  await until(lens, "SELECT count(*) > 0 FROM metrics WHERE name = 'up' AND service = 'absent'", [[true]]);
  while (!announced.some((message) => message.includes('profiled'))) await delay(20);
  assert.match(
    announced.join('\n'),
    /scrape of guarded \(http:\/\/127\.0\.0\.1:\d+\/metrics\) failed: HTTP status 401/,
  );
  assert.doesNotMatch(announced.join('\n') + (await (await fetch(`${lens.url}/metrics`)).text()), /hidden/);
});
