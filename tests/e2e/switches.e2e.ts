import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { postJson } from '../../grafana/model/http.ts';
import { until } from '../support/until.ts';
import { ADDRESSES } from './stack/addresses.ts';
import { runningCollector } from './stack/collector.ts';
import { compose } from './stack/docker.ts';
import * as mimir from './stack/mimir.ts';
import { SWITCHES } from './stack/switches.ts';
import * as tempo from './stack/tempo.ts';

// Switches on what alloy/config.alloy or otel/otel.yml have ready, the way their comments say, on the running stack: npm run
// test:switches. During the test the collector runs a copy of its configuration, and afterwards the original. For the stack
// of docker-compose-otel.yml: COMPOSE='docker compose -f docker-compose-otel.yml'.

const collector = await runningCollector();
const switches = SWITCHES[collector];

/** Restarts the collector with `edit` applied to its configuration. */
async function withConfiguration(edit: (text: string) => string): Promise<AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mythical-collector-'));
  await cp(switches.folder, folder, { recursive: true });
  const file = path.join(folder, switches.file);
  const before = await readFile(file, 'utf8');
  const edited = edit(before);
  assert.notEqual(edited, before, 'the line to change is not there any more');
  await writeFile(file, edited);
  process.env[switches.variable] = folder;
  await compose('up', '--detach', '--wait', '--no-deps', collector);
  return {
    async [Symbol.asyncDispose]() {
      delete process.env[switches.variable];
      await compose('up', '--detach', '--wait', '--no-deps', collector);
      await rm(folder, { recursive: true });
    },
  };
}

describe(`span metrics and the service graph, made by ${collector}`, async () => {
  const resources = new AsyncDisposableStack();
  after(() => resources.disposeAsync());

  test('a few lines uncommented are enough', async () => {
    resources.use(await withConfiguration(switches.spanMetrics));
  });

  for (const metric of [
    'traces_spanmetrics_calls_total',
    'traces_spanmetrics_latency_bucket',
    'traces_spanmetrics_latency_count',
  ]) {
    test(`${metric} has the labels that Tempo gives it`, async () => {
      const labels = async (source: string) => {
        const series = await mimir.query(
          `${metric}{source="${source}", service="mythical-server", span_kind="SPAN_KIND_SERVER"}`,
        );
        return [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].toSorted();
      };
      await until(async () => (await labels(collector)).length > 0, {
        timeoutMs: 60_000,
        intervalMs: 1_000,
        what: () => metric,
      });
      const missing = (await labels('tempo')).filter(
        (label) => !['__metrics_gen_instance', 'instance'].includes(label),
      );
      const found = await labels(collector);
      assert.deepEqual(
        missing.filter((label) => !found.includes(label)),
        [],
      );
    });
  }

  for (const metric of [
    'traces_service_graph_request_total',
    'traces_service_graph_request_server_seconds_bucket',
    'traces_service_graph_request_client_seconds_bucket',
  ]) {
    test(`${metric} has the edge between requester and server`, async () => {
      const query = `${metric}{source="${collector}", client="mythical-requester", server="mythical-server"}`;
      await until(async () => (await mimir.query(query)).length, {
        timeoutMs: 60_000,
        intervalMs: 1_000,
        what: () => query,
      });
    });
  }

  test('their exemplars lead to traces', async () => {
    const exemplars = await until(
      async () => {
        const found = await mimir.exemplars(`traces_spanmetrics_latency_bucket{source="${collector}"}`);
        return found.length > 0 && found;
      },
      { timeoutMs: 60_000, intervalMs: 1_000, what: () => 'exemplars' },
    );
    const id = exemplars.at(-1)?.labels.trace_id ?? exemplars.at(-1)?.labels.traceID;
    assert.ok(id);
    assert.ok((await tempo.trace(id)).length > 0);
  });
});

describe('tail sampling', async () => {
  const resources = new AsyncDisposableStack();
  after(() => resources.disposeAsync());

  type Kind = 'error' | 'slow' | 'ordinary';
  const sent: Record<Kind, string[]> = { error: [], slow: [], ordinary: [] };

  async function send(kind: Kind, count: number): Promise<void> {
    const spans = Array.from({ length: count }, () => {
      const traceId = randomBytes(16).toString('hex');
      sent[kind].push(traceId);
      const end = BigInt(Date.now()) * 1_000_000n;
      return {
        traceId,
        spanId: randomBytes(8).toString('hex'),
        name: kind,
        kind: 2,
        startTimeUnixNano: String(end - (kind === 'slow' ? 300n : 20n) * 1_000_000n),
        endTimeUnixNano: String(end),
        ...(kind === 'error' && { status: { code: 2 } }),
      };
    });
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'e2e-sampling' } }] };
    await postJson(`${ADDRESSES.otlpHttp}/v1/traces`, { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
  }

  const kept = async (kind: Kind) => (await tempo.traces(sent[kind])).filter((spans) => spans.length > 0).length;

  test('one line changed keeps errors and slow traces, and one in ten of the others', {
    timeout: 120_000,
  }, async (t) => {
    resources.use(await withConfiguration(switches.tailSampling));
    await Promise.all([send('error', 20), send('slow', 20), send('ordinary', 200)]);
    await until(async () => (await kept('error')) === 20 && (await kept('slow')) === 20, {
      timeoutMs: 60_000,
      intervalMs: 1_000,
      what: () => 'all errors and all slow traces',
    });
    // What wasn't kept by now was dropped: the decision fell for all at the same time.
    await sleep(3_000);
    const ordinary = await kept('ordinary');
    t.diagnostic(`kept: 20 of 20 errors, 20 of 20 slow, ${ordinary} of 200 others`);
    assert.ok(ordinary < 60, `${ordinary} of 200`);
  });
});
