import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../source/launcher/ports.ts';
import { IN_MEMORY, type Lens, startLens } from '../../source/lens/lens.ts';
import { metricAt } from '../support/api.ts';
import { type RunningService, rowsOf, startSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

/** Telemetry never harms the application. A longer outage: OUTAGE_SECONDS=60 node --test tests/integration/outage.test.ts */
const OUTAGE_SECONDS = Number(process.env.OUTAGE_SECONDS ?? 3);

describe('while the collector is down', () => {
  const sandbox = useStarted(startSandbox);
  let collector: Lens;
  let server: RunningService;
  before(async () => {
    collector = await startLens(IN_MEMORY, () => {});
    server = await sandbox.start('server', {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpcUrl,
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      LOGS_TARGET: `${collector.url}/loki/api/v1/push`,
      PROFILE_COLLECTOR_PORT: String(collector.ports.http),
      // Small, so that it overflows in seconds; the real one takes minutes.
      ...(OUTAGE_SECONDS < 10 && { OTEL_BSP_MAX_QUEUE_SIZE: '600' }),
    });
  });
  after(() => collector?.[Symbol.asyncDispose]());

  const metric = (series: string) => metricAt(server.url, series);

  test('requests continue, lost data is counted, and all signals recover automatically', {
    timeout: 90_000 + OUTAGE_SECONDS * 1000,
  }, async (t) => {
    await using load = startLoad(server);
    await until(() => load.count > 200);
    // First let the heap grow to what the load needs anyway.
    await sleep(OUTAGE_SECONDS * 300);
    const { otlpGrpc, http, otlpHttp } = collector.ports;
    await collector[Symbol.asyncDispose]();

    const before = load.count;
    const memoryBefore = await metric('process_resident_memory_bytes');
    await until(async () => (await metric('otel_sdk_processor_span_processed_total{error_type="queue_full"}')) > 0);
    await sleep(OUTAGE_SECONDS * 1000);
    const growth = (await metric('process_resident_memory_bytes')) - memoryBefore;
    t.diagnostic(`${load.count - before} requests while it was down; RSS grew by ${(growth / 1e6).toFixed(1)} MB`);
    assert.ok(growth < 50e6, `${growth} bytes`);
    assert.ok(load.count > before + 200, 'requests went on');

    collector = await startLens({ ...IN_MEMORY, port: http, otlpGrpcPort: otlpGrpc, otlpHttpPort: otlpHttp }, () => {});
    const backAt = Date.now();
    await until(
      async () => {
        const [row] = rowsOf<{ spans: number; logs: number; metrics: number; profiles: number }>(
          await collector.query(`
            select (select count(*) from spans where start_time > to_timestamp(${backAt / 1000})::timestamp) as spans,
                   (select count(*) from logs where time > to_timestamp(${backAt / 1000})::timestamp) as logs,
                   (select count(*) from metrics where time > to_timestamp(${backAt / 1000})::timestamp) as metrics,
                   (select count(*) from profiles) as profiles`),
        );
        return row!.spans > 0 && row!.logs > 0 && row!.metrics > 0 && row!.profiles > 0;
      },
      { timeoutMs: 30_000, what: () => 'new spans, logs, metrics and profiles within 30 s' },
    );
    t.diagnostic(`all signals were back after ${((Date.now() - backAt) / 1000).toFixed(1)} s`);
    t.diagnostic(`spans dropped: ${await metric('otel_sdk_processor_span_processed_total{error_type="queue_full"}')}`);
    assert.deepEqual(load.failures, []);
    // Log lines wait in a larger buffer, so a short outage like the default loses none.
    if (OUTAGE_SECONDS < 10) assert.equal(await metric('mythical_log_lines_total{outcome="dropped"}'), 0);
  });
});

function startLoad(server: RunningService) {
  const failures: string[] = [];
  let ended = false;
  const load = {
    count: 0,
    failures,
    async [Symbol.asyncDispose]() {
      ended = true;
      await running;
    },
  };
  async function loop(): Promise<void> {
    while (!ended) {
      try {
        const { status } = await fetch(`${server.url}/owlbear`);
        if (status !== 200) failures.push(String(status));
      } catch (error) {
        failures.push(String(error));
      }
      load.count++;
      await sleep(10);
    }
  }
  const running = Promise.all(Array.from({ length: 4 }, loop));
  return load;
}

describe('while the server is down', () => {
  const sandbox = useStarted(startSandbox);

  test('the requester keeps trying, reports the outage in its signals, and recovers', async () => {
    const port = await freePort();
    const address = { MYTHICAL_SERVER_URL: `http://127.0.0.1:${port}` };
    const requester = await sandbox.start('requester', address);
    const outcomes = (outcome: string) =>
      metricAt(requester.url, `mythical_requester_actions_total{outcome="${outcome}"}`);
    await until(async () => (await outcomes('unanswered')) >= 4);
    assert.equal((await fetch(`${requester.url}/readyz`)).status, 200);
    await until(() =>
      sandbox.rows(`select 1 from spans where parent_span_id is null and status = 'error'
        and status_message like '%no response from the server: connect ECONNREFUSED%'`),
    );
    await until(() =>
      sandbox.rows(`select 1 from logs where level = 'error' and body like '%no response from the server%'`),
    );
    assert.deepEqual(
      await sandbox.rows(`select 1 from spans where kind = 'producer'`),
      [],
      'nothing was answered, so nothing is published',
    );

    await sandbox.start('server', { PORT: String(port) });
    await until(async () => (await outcomes('answered')) >= 8, { what: () => 'answers' });
  });
});
