import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SERVICES, type ServiceKey } from '@mythical/common/services';
import { parse } from 'yaml';
import { freePort } from '../../source/launcher/ports.ts';
import { RULE_FOLDERS, readRules } from '../e2e/alerts/rules.ts';
import { SWITCHES } from '../e2e/stack/switches.ts';
import { send } from './api.ts';
import { closing } from './closing.ts';
import {
  type Configuration,
  exportersTo,
  ownMetrics,
  readConfiguration,
  startCollectorProgram,
} from './otel-collector.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { type RunningService, type Sandbox, startApplication, startSandbox } from './sandbox.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * The services, the real collector as configured in otel/, a real Prometheus instead of Mimir, and lens instead of Loki, Tempo
 * and Pyroscope.
 */
export type OtelSandbox = {
  sandbox: Sandbox;
  prometheus: Prometheus;
  server: RunningService;
  /** The collector's OTLP endpoints. */
  otlp: { grpc: string; http: string };
  [Symbol.asyncDispose](): Promise<void>;
};

type Ports = Record<ServiceKey | 'otlpGrpc' | 'otlpHttp' | 'own', number>;

/** @param settings for all services */
export async function startOtelSandbox(
  programs: { prometheus: string; collector: string },
  settings: Record<string, string> = {},
): Promise<OtelSandbox> {
  await using resources = new AsyncDisposableStack();
  const rules = await eagerRules(await temporaryFolder(resources, 'rules'));
  const [sandbox, prometheus] = await Promise.all([startSandbox(), startPrometheus(programs.prometheus, rules)]);
  resources.use(prometheus);
  resources.use(sandbox);
  const [server, requester, recorder, otlpGrpc, otlpHttp, own] = await Promise.all(Array.from({ length: 6 }, freePort));
  const ports = { server, requester, recorder, otlpGrpc, otlpHttp, own } as Ports;
  resources.use(await startCollector(programs.collector, ports, prometheus, sandbox));

  const otlp = { grpc: `http://127.0.0.1:${otlpGrpc}`, http: `http://127.0.0.1:${otlpHttp}` };
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.grpc,
    LOGS_TARGET: '',
    OTEL_LOGS_EXPORTER: 'otlp',
    ALWAYS_SUCCEED: 'false',
    PROFILE_INTERVAL_MS: '5000',
    REQUESTER_LOOPS: '1',
    ...settings,
  };
  const running = await startApplication(sandbox, ports, env);
  // Half of the requests fail. Otherwise it could take minutes until an endpoint has failed twice, which makes an increase.
  await send('POST', `${running.url}/scenarios`, { name: 'error-burst', seconds: 600 });
  return closing(resources, { sandbox, prometheus, server: running, otlp });
}

/** The rules of Mimir, all evaluated at the same interval, including those about days. */
async function eagerRules(folder: string): Promise<string[]> {
  const written = readRules('mimir').map(async ({ file }) => {
    const text = await readFile(path.join(RULE_FOLDERS.mimir, file), 'utf8');
    const eager = text.replace(/^( +interval: )30s$/gm, (_, key: string) => `${key}5s`);
    await writeFile(path.join(folder, file), eager);
    return { file: path.join(folder, file), isChanged: eager !== text };
  });
  const rules = await Promise.all(written);
  assert.ok(rules.some(({ isChanged }) => isChanged));
  return rules.map(({ file }) => file);
}

async function startCollector(program: string, ports: Ports, prometheus: Prometheus, { lens }: Sandbox) {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'otel');
  const { spanMetrics, folder: configurations, file } = SWITCHES['otel-collector'];
  const text = spanMetrics(readFileSync(path.join(configurations, file), 'utf8'));
  const main: Configuration = parse(text, { merge: true });
  const host = readConfiguration('host.yml');
  const { tail_sampling: _, ...processors } = { ...main.processors, ...host.processors };
  const configuration: Configuration = {
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `127.0.0.1:${ports.otlpGrpc}` },
          http: { endpoint: `127.0.0.1:${ports.otlpHttp}` },
        },
      },
      prometheus: { config: { scrape_configs: scrapesOf(main, ports) } },
      host_metrics: { ...host.receivers?.host_metrics, root_path: '/' },
    },
    processors,
    connectors: main.connectors!,
    exporters: exportersTo({
      otlpHttp: lens.url,
      otlpGrpc: `127.0.0.1:${lens.ports.otlpGrpc}`,
      remoteWrite: prometheus.writeUrl,
    }),
    extensions: { file_storage: { directory: folder } },
    service: {
      extensions: ['file_storage'],
      telemetry: { ...main.service.telemetry, metrics: { readers: [ownMetrics(ports.own)] } },
      pipelines: { ...main.service.pipelines, ...host.service.pipelines },
    },
  };
  resources.use(await startCollectorProgram(program, folder, configuration));
  return resources.move();
}

type Scrape = {
  job_name: string;
  scrape_interval: string;
  static_configs?: { targets: string[]; labels: Record<string, string> }[];
};

/** The scrapes of what runs here: the application, and the collector itself. */
function scrapesOf({ receivers }: Configuration, ports: Ports): Scrape[] {
  const addresses = new Map([['127.0.0.1:8888', `127.0.0.1:${ports.own}`]]);
  for (const [key, { name, port }] of Object.entries(SERVICES))
    addresses.set(`${name}:${port}`, `127.0.0.1:${ports[key as ServiceKey]}`);
  const { scrape_configs } = receivers!.prometheus!.config as { scrape_configs: Scrape[] };
  return scrape_configs.flatMap((scrape) => {
    const here = scrape.static_configs?.flatMap(({ targets, labels }) =>
      targets.flatMap((target) => (addresses.has(target) ? [{ targets: [addresses.get(target)!], labels }] : [])),
    );
    return here?.length ? [{ ...scrape, scrape_interval: '5s', static_configs: here }] : [];
  });
}
