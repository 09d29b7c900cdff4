import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { IN_MEMORY, type Lens, startLens } from '../source/lens/lens.ts';
import { type RunningService, rowsOf, type Sandbox, startSandbox } from './helpers/sandbox.ts';
import { until } from './helpers/until.ts';

/** Telemetry never harms the application. */

describe('while the collector is away', () => {
  let sandbox: Sandbox;
  let collector: Lens;
  let server: RunningService;
  before(async () => {
    sandbox = await startSandbox();
    collector = await startLens(IN_MEMORY, () => {});
    server = await sandbox.start('server', {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpcUrl,
      LOGS_TARGET: `${collector.url}/loki/api/v1/push`,
      PROFILE_COLLECTOR_PORT: String(collector.ports.http),
      // Small, so that it overflows in seconds, as the real one does in minutes.
      OTEL_BSP_MAX_QUEUE_SIZE: '600',
    });
  });
  after(async () => {
    await sandbox?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const line = text.split('\n').find((line) => line.startsWith(name));
    return line === undefined ? 0 : Number(line.split(' ')[1]);
  }

  test('requests go on, what is lost is counted, and all signals come back by themselves', {
    timeout: 90_000,
  }, async () => {
    await using load = startLoad(server);
    await until(() => load.count > 200);
    const { otlpGrpc, http, otlpHttp } = collector.ports;
    await collector[Symbol.asyncDispose]();

    const before = load.count;
    await until(async () => (await metric('otel_sdk_processor_span_processed_total{error_type="queue_full"}')) > 0, {
      timeoutMs: 20_000,
    });
    await sleep(3_000);
    assert.ok(load.count > before + 200, 'requests went on');

    collector = await startLens({ ...IN_MEMORY, port: http, otlpGrpcPort: otlpGrpc, otlpHttpPort: otlpHttp }, () => {});
    const backAt = Date.now();
    await until(
      async () => {
        const [row] = rowsOf<{ spans: number; logs: number; profiles: number }>(
          await collector.query(`
            select (select count(*) from spans where start_time > to_timestamp(${backAt / 1000})::timestamp) as spans,
                   (select count(*) from logs where time > to_timestamp(${backAt / 1000})::timestamp) as logs,
                   (select count(*) from profiles) as profiles`),
        );
        return row!.spans > 0 && row!.logs > 0 && row!.profiles > 0;
      },
      { timeoutMs: 30_000, what: () => 'new spans, logs and profiles within 30 s' },
    );
    assert.deepEqual(load.failures, []);
    // Log lines wait in a larger buffer, so of those none is lost in an outage as short as this.
    assert.equal(await metric('mythical_log_lines_total{outcome="dropped"}'), 0);
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
