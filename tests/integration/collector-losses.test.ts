import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { panelsOf, readDashboards } from '../../grafana/model/dashboards/read.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from '../support/child-program.ts';
import { realProgram } from '../support/real-program.ts';
import { until } from '../support/until.ts';

// Data lost behind a collector's batch processor is invisible to its receiver: only the exporter counts it. Here, a real Alloy
// and a real OpenTelemetry Collector lose data, and their metrics are compared with the dashboard's queries.

const SIGNALS = {
  spans: { path: 'v1/traces', body: { resourceSpans: [{ scopeSpans: [{ spans: [span()] }] }] } },
  log_records: { path: 'v1/logs', body: { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: text('x') }] }] }] } },
} as const;
type Signal = keyof typeof SIGNALS;

/** The Collector's own counters in the queries of the panels about the collector. */
const asked = panelsOf(readDashboards().get('stack')!)
  .filter(({ title }) => ['Sent by signal', 'Dropped and failed'].includes(title))
  .flatMap(({ targets = [] }) => targets.flatMap(({ expr = '' }) => [...expr.matchAll(/__name__=~"(otelcol_[^"]*)"/g)]))
  .map(([, pattern]) => pattern!);

const [alloy, collector] = [await realProgram('alloy'), await realProgram('collector')];

for (const [name, { path: program, skip }] of Object.entries({ alloy, collector })) {
  describe(`what ${name} loses`, { skip }, () => {
    for (const signal of Object.keys(SIGNALS) as Signal[]) {
      test(`${signal}: the dashboard queries both counters`, async () => {
        await using resources = new AsyncDisposableStack();
        const backend = await startDeafBackend(resources);
        const ports = { otlp: await freePort(), metrics: await freePort() };
        const folder = await mkdtemp(path.join(tmpdir(), 'mythical-losses-'));
        resources.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
        await (name === 'alloy' ? startAlloy : startCollector)(program as string, folder, backend, ports, resources);

        // One is being sent, one waits, and there is no room for the others.
        const { path: to, body } = SIGNALS[signal];
        const send = () =>
          fetch(`http://127.0.0.1:${ports.otlp}/${to}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          });
        for (let count = 0; count < 5; count++) await send();

        const wanted = [`otelcol_exporter_send_failed_${signal}`, `otelcol_exporter_enqueue_failed_${signal}`];
        const counted = await until(
          async () => {
            const exposed = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
            const names = [...exposed.matchAll(/^# TYPE (\w+) counter$/gm)].map(([, counter]) => counter!);
            const found = names.filter((counter) => wanted.includes(counter.replace(/_total$/, '')));
            return found.length === wanted.length && found;
          },
          { intervalMs: 250, what: () => wanted.join(', ') },
        );
        for (const counter of counted) {
          assert.ok(
            asked.some((pattern) => new RegExp(`^(?:${pattern})$`).test(counter)),
            `${counter} is in no panel; these are: ${asked.join(', ')}`,
          );
        }
      });
    }
  });
}

/** Accepts requests, and never responds. */
async function startDeafBackend(resources: AsyncDisposableStack): Promise<string> {
  const server = createServer(() => {});
  resources.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Ports = { otlp: number; metrics: number };

async function startAlloy(program: string, folder: string, to: string, ports: Ports, resources: AsyncDisposableStack) {
  const file = path.join(folder, 'config.alloy');
  await writeFile(
    file,
    `otelcol.receiver.otlp "default" {
      http { endpoint = "127.0.0.1:${ports.otlp}" }
      output {
        traces = [otelcol.exporter.otlphttp.deaf.input]
        logs   = [otelcol.exporter.otlphttp.deaf.input]
      }
    }
    otelcol.exporter.otlphttp "deaf" {
      client {
        endpoint = "${to}"
        timeout  = "1s"
      }
      sending_queue {
        queue_size    = 1
        num_consumers = 1
      }
      retry_on_failure { enabled = false }
    }`,
  );
  const args = ['run', '--disable-reporting', `--server.http.listen-addr=127.0.0.1:${ports.metrics}`];
  resources.use(
    await startChildProgram(program, [...args, `--storage.path=${path.join(folder, 'data')}`, file], {
      ready: `http://127.0.0.1:${ports.metrics}/-/ready`,
    }),
  );
}

async function startCollector(
  program: string,
  folder: string,
  to: string,
  ports: Ports,
  resources: AsyncDisposableStack,
) {
  const file = path.join(folder, 'config.json');
  const pipeline = { receivers: ['otlp'], exporters: ['otlp_http'] };
  // Its metrics have the same names as without this block; only the port differs.
  const plain = { without_type_suffix: true, without_units: true, without_scope_info: true };
  const reader = { pull: { exporter: { prometheus: { host: '127.0.0.1', port: ports.metrics, ...plain } } } };
  await writeFile(
    file,
    JSON.stringify({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${ports.otlp}` } } } },
      exporters: {
        otlp_http: {
          endpoint: to,
          timeout: '1s',
          sending_queue: { queue_size: 1, num_consumers: 1 },
          retry_on_failure: { enabled: false },
        },
      },
      service: {
        telemetry: { metrics: { readers: [reader] } },
        pipelines: { traces: pipeline, logs: pipeline },
      },
    }),
  );
  resources.use(
    await startChildProgram(program, [`--config=${file}`], { ready: (line) => line.includes('Everything is ready') }),
  );
}

function text(stringValue: string) {
  return { stringValue };
}

function span() {
  const at = `${Date.now()}000000`;
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  return { ...ids, name: 'x', kind: 1, startTimeUnixNano: at, endTimeUnixNano: at };
}
