import { appendFile, mkdir, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import type { ChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import type { FakeBackend } from './fake-backend.ts';
import {
  type Configuration,
  dockerLogsReceiver,
  exportersTo,
  inDockerLog,
  processorsOf,
  readMainFiles,
  startCollectorProgram,
} from './otel-collector.ts';
import { startScrapeTarget } from './scrape-target.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The collector with the pipelines of otel/ for lines, spans and scraped samples. */
export type OutageCollector = AsyncDisposable & {
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
};

export async function startOutageCollector(
  executable: string,
  backend: FakeBackend,
  edit: (configuration: Configuration) => void = () => {},
): Promise<OutageCollector> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'outage');
  const data = path.join(folder, 'data');
  await mkdir(data);
  const logOf = (container: string) => path.join(folder, `containers/${container}/${container}-json.log`);
  const target = resources.use(await startScrapeTarget());
  const ports = { otlp: await freePort(), faro: await freePort() };
  const configuration = outageConfiguration(folder, data, ports, target.address, backend);
  edit(configuration);
  let running: ChildProgram | undefined;
  resources.defer(() => running?.stop('SIGKILL'));
  const collector: Omit<OutageCollector, typeof Symbol.asyncDispose> = {
    get program() {
      return running!;
    },
    ports,
    async start() {
      running = await startCollectorProgram(executable, folder, configuration);
    },
    async stop(signal) {
      await running!.stop(signal);
    },
    async write(lines, container = '0123') {
      const file = logOf(container);
      await mkdir(path.dirname(file), { recursive: true });
      const entries = lines.map((log) => inDockerLog({ project: 'mythical', service: 'outage-test', log }));
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
  };
  await collector.start();
  return closing(resources, collector);
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
  const { main, containers, frontend } = readMainFiles();
  const { 'metrics/containers': _docker, ...pipelinesOfContainers } = containers.service.pipelines;
  const pipelines = { ...main.service.pipelines, ...pipelinesOfContainers, ...frontend.service.pipelines };
  // Browser telemetry is sent over OTLP here, like the rest of the load.
  for (const pipeline of Object.values(pipelines)) {
    pipeline.receivers = pipeline.receivers.map((name) => (name === 'faro' ? 'otlp/faro' : name));
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
    processors: processorsOf(pipelines, main, containers, frontend),
    connectors: { forward: null },
    exporters: exportersTo({
      otlpHttp: `http://127.0.0.1:${backend.ports.http}/otlp`,
      otlpGrpc: `127.0.0.1:${backend.ports.grpc}`,
      remoteWrite: `http://127.0.0.1:${backend.ports.http}/api/v1/push`,
    }),
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
