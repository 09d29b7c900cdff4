import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { panelsOf, readDashboards } from '../../grafana/model/dashboards/read.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { startAlloy } from '../support/alloy.ts';
import { send } from '../support/api.ts';
import type { ChildProgram } from '../support/child-program.ts';
import { ownMetrics, startCollectorProgram } from '../support/otel-collector.ts';
import { logsOf, span, spansOf } from '../support/otlp.ts';
import { realProgram } from '../support/real-program.ts';
import { serve } from '../support/serve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

// Data lost behind a collector's batch processor is invisible to its receiver: only the exporter counts it. Here, a real Alloy
// and a real OpenTelemetry Collector lose data, and their metrics are compared with the dashboard's queries.

const SIGNALS = {
  spans: { path: 'v1/traces', body: spansOf('test', [span('x')]) },
  log_records: { path: 'v1/logs', body: logsOf('test', ['x']) },
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
        // Accepts requests, and never responds.
        const backend = resources.use(await serve(() => {}));
        const ports = { otlp: await freePort(), metrics: await freePort() };
        const folder = await temporaryFolder(resources, 'losses');
        resources.use(
          await (name === 'alloy' ? startLossyAlloy : startLossyCollector)(program!, folder, backend.url, ports),
        );

        // One is being sent, one waits, and there is no room for the others.
        const { path: to, body } = SIGNALS[signal];
        for (let count = 0; count < 5; count++) await send('POST', `http://127.0.0.1:${ports.otlp}/${to}`, body);

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

type Ports = { otlp: number; metrics: number };

async function startLossyAlloy(program: string, folder: string, to: string, ports: Ports): Promise<ChildProgram> {
  const config = path.join(folder, 'config.alloy');
  await writeFile(
    config,
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
  return startAlloy(program, { config, folder, page: ports.metrics });
}

function startLossyCollector(program: string, folder: string, to: string, ports: Ports): Promise<ChildProgram> {
  const pipeline = { receivers: ['otlp'], exporters: ['otlp_http'] };
  const otlp_http = {
    endpoint: to,
    timeout: '1s',
    sending_queue: { queue_size: 1, num_consumers: 1 },
    retry_on_failure: { enabled: false },
  };
  return startCollectorProgram(program, folder, {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${ports.otlp}` } } } },
    exporters: { otlp_http },
    service: {
      telemetry: { metrics: { readers: [ownMetrics(ports.metrics)] } },
      pipelines: { traces: pipeline, logs: pipeline },
    },
  });
}
