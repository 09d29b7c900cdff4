import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Gauge, Histogram, Registry } from 'prom-client';
import { serve } from '../../../tests/support/serve.ts';
import { until } from '../../../tests/support/until.ts';
import { loadLensConfig } from '../config.ts';
import { IN_MEMORY, type Lens, startLens } from '../lens.ts';

/** A service whose /metrics can be made to fail. */
async function startTarget() {
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
  const target = { answer: await registry.metrics(), status: 200, accept: '', authorization: '' };
  const served = await serve((request, response) => {
    target.accept = request.headers.accept ?? '';
    target.authorization = request.headers.authorization ?? '';
    response.writeHead(target.status, { 'content-type': registry.contentType }).end(target.answer);
  });
  return Object.assign(target, {
    url: `${served.url}/metrics`,
    [Symbol.asyncDispose]: served[Symbol.asyncDispose],
  });
}

async function untilUp(lens: Lens, service: string, value: 0 | 1): Promise<void> {
  const sql = `SELECT value FROM metrics WHERE name = 'up' AND service = '${service}' ORDER BY time DESC LIMIT 1`;
  const what = () => `up of ${service} to be ${value}`;
  await until(async () => (await lens.query(sql)).rows[0]?.[0] === value, { intervalMs: 20, what });
}

test('scrapes samples and exemplars, and reports failures', async () => {
  await using target = await startTarget();
  const announced: string[] = [];
  const scrapeTargets = [
    { name: 'mythical-server', url: target.url },
    { name: 'absent', url: 'http://127.0.0.1:9/metrics' },
  ];
  await using lens = await startLens({ ...IN_MEMORY, scrapeTargets, scrapeIntervalMs: 100 }, (message) =>
    announced.push(message),
  );
  await untilUp(lens, 'mythical-server', 1);
  await untilUp(lens, 'absent', 0);
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
  await untilUp(lens, 'mythical-server', 0);
  target.status = 200;
  const good = target.answer;
  await untilUp(lens, 'mythical-server', 1);
  target.answer = '<html>';
  await untilUp(lens, 'mythical-server', 0);
  target.answer = good;
  await untilUp(lens, 'mythical-server', 1);

  const metrics = await (await fetch(`${lens.url}/metrics`)).text();
  assert.match(metrics, /lens_scrape_failures_total\{target="absent"\} [1-9]/);
  assert.equal(announced.filter((message) => message.includes('absent')).length, 1, announced.join('\n'));
  assert.match(announced.join('\n'), /scrape of mythical-server .* failed: HTTP status 500/);
  assert.match(announced.join('\n'), /scrape of mythical-server recovered/);
});

test("uses a target's user and password, and never prints them or a token", async () => {
  await using target = await startTarget();
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
  await untilUp(lens, 'guarded', 1);
  assert.equal(target.authorization, `Basic ${btoa('user:hidden1')}`);
  target.status = 401;
  await untilUp(lens, 'guarded', 0);
  target.status = 200;
  target.answer = 'not metrics';
  await untilUp(lens, 'absent', 0);
  while (!announced.some((message) => message.includes('profiled'))) await delay(20);
  assert.match(
    announced.join('\n'),
    /scrape of guarded \(http:\/\/127\.0\.0\.1:\d+\/metrics\) failed: HTTP status 401/,
  );
  assert.doesNotMatch(announced.join('\n') + (await (await fetch(`${lens.url}/metrics`)).text()), /hidden/);
});
