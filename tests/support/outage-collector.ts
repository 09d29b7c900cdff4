import { appendFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import type { FakeBackend } from './fake-backend.ts';
import { type Configuration, dockerLogsReceiver, FLAGS, readConfiguration } from './otel-collector.ts';
import { startScrapeTarget } from './scrape-target.ts';

/** The collector with the pipelines of otel/ for lines, spans and scraped samples. */
export type OutageCollector = {
  program: ChildProgram;
  ports: { otlp: number; faro: number };
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  /** Writes lines to a container's log file. */
  write(lines: string[], container?: string): Promise<void>;
  /** Renames that file, as Docker does when it is full: the next line starts a new one. */
  rotate(container?: string): Promise<void>;
  bytesOnDisk(): Promise<number>;
  /** How many times it has scraped so far. */
  scrapes(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startOutageCollector(
  executable: string,
  env: Record<string, string>,
  backend: FakeBackend,
  edit: (configuration: Configuration) => void = () => {},
): Promise<OutageCollector> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mythical-outage-'));
  const data = path.join(folder, 'data');
  await mkdir(data);
  const logOf = (container: string) => path.join(folder, `containers/${container}/${container}-json.log`);
  const target = await startScrapeTarget();
  const ports = { otlp: await freePort(), faro: await freePort() };
  const configuration = outageConfiguration(folder, data, ports, target.address, backend);
  edit(configuration);
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(configuration));

  let running: ChildProgram | undefined;
  const collector: OutageCollector = {
    get program() {
      return running!;
    },
    ports,
    async start() {
      running = await startChildProgram(executable, [`--config=${file}`, ...FLAGS], {
        env,
        ready: (line) => line.includes('Everything is ready'),
      });
    },
    async stop(signal) {
      await running!.stop(signal);
    },
    async write(lines, container = '0123') {
      const file = logOf(container);
      await mkdir(path.dirname(file), { recursive: true });
      const entries = lines.map((log) =>
        JSON.stringify({
          log: `${log}\n`,
          stream: 'stdout',
          attrs: { 'com.docker.compose.project': 'mythical', 'com.docker.compose.service': 'outage-test' },
          time: new Date().toISOString().replace('Z', '456789Z'),
        }).concat('\n'),
      );
      await appendFile(file, entries.join(''));
    },
    rotate: (container = '0123') => rename(logOf(container), `${logOf(container)}.1`),
    async bytesOnDisk() {
      let bytes = 0;
      for (const name of await readdir(data)) {
        const { blocks = 0 } = await stat(path.join(data, name)).catch(() => ({ blocks: 0 }));
        bytes += blocks * 512;
      }
      return bytes;
    },
    scrapes: target.scrapes,
    async [Symbol.asyncDispose]() {
      await running?.stop('SIGKILL');
      await target[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
  try {
    await collector.start();
  } catch (error) {
    await collector[Symbol.asyncDispose]();
    throw error;
  }
  return collector;
}

/** Loki's queue is full after some hundred lines, and rejected senders retry soon. */
export function withSmallQueue({ exporters }: Configuration): void {
  const loki = exporters!['otlp_http/loki'] as { retry_on_failure: object; sending_queue: object };
  Object.assign(loki.retry_on_failure, { initial_interval: '1s', max_interval: '2s' });
  const batch = { flush_timeout: '100ms', min_size: 5_000 };
  Object.assign(loki.sending_queue, { sizer: 'bytes', queue_size: 60_000, batch });
}

function outageConfiguration(
  folder: string,
  data: string,
  ports: OutageCollector['ports'],
  target: string,
  backend: FakeBackend,
): Configuration {
  const [main, containers, frontend] = ['otel.yml', 'containers.yml', 'frontend.yml'].map(readConfiguration) as [
    Configuration,
    Configuration,
    Configuration,
  ];
  const { 'metrics/containers': _docker, ...pipelinesOfContainers } = containers.service.pipelines;
  const pipelines = { ...main.service.pipelines, ...pipelinesOfContainers, ...frontend.service.pipelines };
  // Browser telemetry is sent over OTLP here, like the rest of the load.
  for (const pipeline of Object.values(pipelines)) {
    pipeline.receivers = pipeline.receivers.map((name) => (name === 'faro' ? 'otlp/faro' : name));
  }
  const used = new Set(Object.values(pipelines).flatMap(({ processors = [] }) => processors));
  const processors = { ...main.processors, ...containers.processors, ...frontend.processors };
  const exporters = structuredClone(main.exporters) as Record<string, Record<string, unknown>>;
  exporters['otlp_http/loki']!.endpoint = `http://127.0.0.1:${backend.ports.http}/otlp`;
  exporters['otlp_grpc/tempo']!.endpoint = `127.0.0.1:${backend.ports.grpc}`;
  for (const [name, exporter] of Object.entries(exporters)) {
    if (!name.startsWith('prometheus_remote_write')) continue;
    exporter.http = { ...(exporter.http as object), endpoint: `http://127.0.0.1:${backend.ports.http}/api/v1/push` };
  }
  const http = (port: number) => ({ protocols: { http: { endpoint: `127.0.0.1:${port}` } } });
  const scrape = { job_name: 'outage', scrape_interval: '1s', static_configs: [{ targets: [target] }] };
  const { compaction } = main.extensions?.file_storage ?? {};
  return {
    receivers: {
      otlp: http(ports.otlp),
      'otlp/faro': http(ports.faro),
      prometheus: { config: { scrape_configs: [scrape] } },
      'file_log/containers': dockerLogsReceiver(folder),
    },
    processors: Object.fromEntries(Object.entries(processors).filter(([name]) => used.has(name))),
    connectors: { forward: null },
    exporters,
    extensions: {
      file_storage: {
        ...main.extensions?.file_storage,
        directory: data,
        ...(compaction !== undefined && { compaction: { ...(compaction as object), directory: data } }),
      },
    },
    service: {
      extensions: ['file_storage'],
      telemetry: { ...main.service.telemetry, metrics: { level: 'none' } },
      pipelines,
    },
  };
}
