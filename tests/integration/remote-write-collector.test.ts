import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { freePort } from '../../source/launcher/ports.ts';
import { IN_MEMORY, type Lens, startLens } from '../../source/lens/lens.ts';
import { MESSAGE_NAMES } from '../../source/lens/receive/remote-write-messages.ts';
import { send } from '../support/api.ts';
import { startChildProgram } from '../support/child-program.ts';
import { COUNTS, ENDED_SERIES, startExemplarTarget } from '../support/exemplar-target.ts';
import { nanoseconds, span, spansOf } from '../support/otlp.ts';
import { read } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { useFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

// The real collector with otel/lens.yml sends scraped metrics and OTLP metrics to lens, with both versions of remote write.
// The collector converts exponential histograms to native ones.

const collector = await realProgram('collector');
const SERIES = 50;
const SCRAPES = 4;

describe('the collector sends to lens', { concurrency: true }, () => {
  for (const message of MESSAGE_NAMES) {
    test(`otel/lens.yml, with ${message}`, { skip: collector.skip }, async () => {
      await using lens = await startLens(IN_MEMORY, assert.fail);
      await using target = await startExemplarTarget(SERIES, SCRAPES);
      await using running = await startCollector(lens, target.address, message);
      const row = async (sql: string) => (await lens.query(sql)).rows[0];

      await running.post('traces', spansOf('test', [span('through the collector')]));
      await until(
        async () => (await row("SELECT count(*) FROM spans WHERE name = 'through the collector'"))?.[0] === 1,
      );

      await until(async () => target.ended() && (await row(ENDED_SERIES))?.[0] === SERIES, { timeoutMs: 40_000 });
      const sent = SERIES * SCRAPES;
      await until(async () => Number((await row(COUNTS))?.[0]) >= sent);
      assert.deepEqual(await row(COUNTS), [sent, sent, sent, sent]);
      assert.deepEqual(
        await row("SELECT service, arg_max(type, time) FROM metrics WHERE name = 'load_total' GROUP BY service"),
        ['mythical-server', 'counter'],
      );
      assert.deepEqual(
        await row("SELECT max(value) FROM metrics WHERE name = 'up' AND service = 'mythical-recorder'"),
        [0],
      );

      await running.post('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics: [exponential()] }] }] });
      await until(async () => (await row("SELECT count(*) FROM metrics WHERE name = 'spread_count'"))?.[0] === 1);
      const buckets = await lens.query(
        "SELECT labels->>'le', value FROM metrics WHERE name = 'spread_bucket' ORDER BY value",
      );
      assert.deepEqual(
        new Map(buckets.rows as [string, number][]),
        new Map([
          ['1', 0],
          ['2', 2],
          ['4', 5],
          ['+Inf', 5],
        ]),
      );
    });
  }
});

/** @param target replaces mythical-server */
async function startCollector(lens: Lens, target: string, message: string) {
  const folder = useFolder('lens-collector');
  const [grpc, http] = [await freePort(), await freePort()];
  const moves: [from: string, to: string][] = [
    ['127.0.0.1:14317', `127.0.0.1:${grpc}`],
    ['127.0.0.1:14318', `127.0.0.1:${http}`],
    ['127.0.0.1:4317', `127.0.0.1:${lens.ports.otlpGrpc}`],
    ['http://127.0.0.1:3000', lens.url],
    ['127.0.0.1:4000', target],
    ['127.0.0.1:4001', '127.0.0.1:1'],
    ['127.0.0.1:4002', '127.0.0.1:2'],
    ['scrape_interval: 5s', 'scrape_interval: 2s'],
    ['scrape_timeout: 4s', 'scrape_timeout: 2s'],
  ];
  let text = read('otel/lens.yml');
  for (const [from, to] of moves) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  const file = path.join(folder, 'lens.yml');
  await writeFile(file, text);
  const child = await startChildProgram(
    collector.path!,
    [
      `--config=${file}`,
      `--config=yaml:exporters::prometheus_remote_write::protobuf_message: ${message}`,
      '--config=yaml:service::pipelines::metrics/otlp::exporters: [prometheus_remote_write]',
      '--config=yaml:service::telemetry::metrics::level: none',
      '--feature-gates=exporter.prometheusremotewritexporter.enableSendingRW2',
    ],
    { ready: (line) => line.includes('Everything is ready') },
  );
  return {
    async post(signal: string, body: object) {
      const { ok, status } = await send('POST', `http://127.0.0.1:${http}/v1/${signal}`, body);
      assert.ok(ok, `the collector answered ${status}`);
    },
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

function exponential() {
  const positive = { offset: 0, bucketCounts: ['2', '3'] };
  const point = { timeUnixNano: nanoseconds(), count: '5', sum: 12, scale: 0, zeroCount: '0', positive };
  return { name: 'spread', exponentialHistogram: { aggregationTemporality: 2, dataPoints: [point] } };
}
