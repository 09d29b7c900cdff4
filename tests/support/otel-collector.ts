import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { freePort } from '../../source/launcher/ports.ts';
import { send } from './api.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import { keyValues, nanoseconds } from './otlp.ts';
import { read } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

type Component = Record<string, unknown> | null;
export type Pipeline = { receivers: string[]; processors?: string[]; exporters: string[] };

/** A file of otel/. */
export type Configuration = {
  receivers?: Record<string, Component>;
  processors?: Record<string, Component>;
  connectors?: Record<string, Component>;
  exporters?: Record<string, Component>;
  extensions?: Record<string, Component>;
  service: { extensions?: string[]; telemetry?: object; pipelines: Record<string, Pipeline> };
};

/** The files of the configuration, as otel/compose.yml loads them. */
export const OTEL_FILES = ['otel.yml', 'host.yml', 'containers.yml', 'frontend.yml'];

export function readConfiguration(file: string): Configuration {
  return parse(read(`otel/${file}`), { merge: true });
}

/** The files for the application's signals. */
export const readMainFiles = () => ({
  main: readConfiguration('otel.yml'),
  containers: readConfiguration('containers.yml'),
  frontend: readConfiguration('frontend.yml'),
});

/** The processors that these pipelines use. */
export function processorsOf(
  pipelines: Record<string, Pipeline>,
  ...files: Configuration[]
): NonNullable<Configuration['processors']> {
  const used = new Set(Object.values(pipelines).flatMap(({ processors = [] }) => processors));
  const all = files.flatMap(({ processors = {} }) => Object.entries(processors));
  return Object.fromEntries(all.filter(([name]) => used.has(name)));
}

/** The exporters of otel.yml, to other addresses. */
export function exportersTo(to: { otlpHttp: string; otlpGrpc: string; remoteWrite: string }) {
  const exporters = readConfiguration('otel.yml').exporters as Record<string, Record<string, unknown>>;
  exporters['otlp_http/loki']!.endpoint = to.otlpHttp;
  exporters['otlp_grpc/tempo']!.endpoint = to.otlpGrpc;
  for (const [name, exporter] of Object.entries(exporters))
    if (name.startsWith('prometheus_remote_write/'))
      exporter.http = { ...(exporter.http as object), endpoint: to.remoteWrite };
  return exporters;
}

const COMPOSE = read('otel/compose.yml');

/** The arguments of the collector in otel/compose.yml, except for its configuration files. */
export const FLAGS = (parse(COMPOSE, { logLevel: 'error' }).services['otel-collector'].command as string[]).filter(
  (argument) => !argument.startsWith('--config='),
);

/** The default reader of the collector's metrics, on this port instead of 8888. */
export const ownMetrics = (port: number) => ({
  pull: {
    exporter: {
      prometheus: { host: '127.0.0.1', port, without_scope_info: true, without_type_suffix: true, without_units: true },
    },
  },
});

/** The variables of otel/compose.yml that the configuration reads. */
export const COLLECTOR_VARIABLES = {
  COMPOSE_PROJECT_NAME: 'mythical',
  NAMESPACE: 'production',
  ENDPOINT_TYPE: 'MYTHICAL',
  FRONTEND_PORT: '3001',
};

/** Starts the real collector with a configuration, which is written to this folder. */
export async function startCollectorProgram(
  program: string,
  folder: string,
  configuration: Configuration,
  env: Record<string, string> = {},
): Promise<ChildProgram> {
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(configuration));
  return startChildProgram(program, [`--config=${file}`, ...FLAGS], {
    env: { ...COLLECTOR_VARIABLES, ...env },
    ready: (line) => line.includes('Everything is ready'),
  });
}

/** The receiver for Docker's log files, which finds a test's files in `<folder>/containers`. */
export function dockerLogsReceiver(folder: string): Component {
  const receiver = readConfiguration('containers.yml').receivers!['file_log/containers']!;
  const include = receiver.include as string[];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector fills it in
  return { ...receiver, include: include.map((files) => files.replace('/rootfs${env:DOCKER_ROOT_DIR}', folder)) };
}

/** A log record at the exit of the collector. */
export type LogRecord = { resource: Record<string, string>; attributes: Record<string, string>; body: string };

/** A line in a Docker log file. Without a project, it is from a container that Compose didn't create. */
export type DockerLine = { project?: string; service?: string; log: string };

/** As Docker writes it to a log file. */
export const inDockerLog = ({ project, service, log }: DockerLine): string =>
  `${JSON.stringify({
    log: `${log}\n`,
    stream: 'stdout',
    ...(project && { attrs: { 'com.docker.compose.project': project, 'com.docker.compose.service': service } }),
    time: new Date().toISOString().replace('Z', '456789Z'),
  })}\n`;

export type LogsCollector = AsyncDisposable & {
  /** Sends a record over OTLP. */
  send(
    resource: Record<string, string>,
    record: { body: string; attributes?: Record<string, string>; [field: string]: unknown },
  ): Promise<void>;
  /** Sends what a browser would. */
  sendFaro(payload: object): Promise<void>;
  write(lines: DockerLine[]): Promise<void>;
  records(): Promise<LogRecord[]>;
  /** Waits for the record with this text in its body. */
  arrived(text: string): Promise<LogRecord>;
};

/** The real collector with the log pipelines of otel/, except that they end in a file instead of Loki. */
export async function startLogsCollector(program: string, env?: Record<string, string>): Promise<LogsCollector> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'otel');
  const ports = { otlp: await freePort(), faro: await freePort() };
  const output = path.join(folder, 'records.json');
  const dockerLogs = path.join(folder, 'containers/0123');
  await mkdir(dockerLogs, { recursive: true });
  const configuration = logsConfiguration(folder, ports, output);
  const collector = resources.use(await startCollectorProgram(program, folder, configuration, env));
  const lastLines = () => collector.lines.slice(-20).join('\n');

  async function post(url: string, body: object): Promise<void> {
    const { ok, status } = await send('POST', url, body);
    if (!ok) throw new Error(`the collector answered ${status}: ${lastLines()}`);
  }

  async function records(): Promise<LogRecord[]> {
    const text = await readFile(output, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => recordsOf(JSON.parse(line)));
  }

  return closing(resources, {
    async send(resource, { body, attributes = {}, ...fields }) {
      const record = {
        timeUnixNano: nanoseconds(),
        ...fields,
        body: { stringValue: body },
        attributes: keyValues(attributes),
      };
      const resourceLogs = [
        { resource: { attributes: keyValues(resource) }, scopeLogs: [{ logRecords: [record] }] },
      ] satisfies ResourceLogs[];
      await post(`http://127.0.0.1:${ports.otlp}/v1/logs`, { resourceLogs });
    },
    sendFaro: (payload) => post(`http://127.0.0.1:${ports.faro}/collect`, payload),
    async write(lines) {
      await appendFile(path.join(dockerLogs, '0123-json.log'), lines.map(inDockerLog).join(''));
    },
    records,
    arrived: (text) =>
      until(async () => (await records()).find(({ body }) => body.includes(text)), {
        what: () => `${text}: ${lastLines()}`,
      }),
  });
}

function logsConfiguration(folder: string, ports: { otlp: number; faro: number }, output: string): Configuration {
  const { main, containers, frontend } = readMainFiles();
  const pipelines = {
    'logs/otlp': main.service.pipelines['logs/otlp']!,
    'logs/containers': containers.service.pipelines['logs/containers']!,
    'logs/frontend': frontend.service.pipelines['logs/frontend']!,
  };
  for (const pipeline of Object.values(pipelines)) pipeline.exporters = ['file'];
  return {
    receivers: {
      otlp: { protocols: { http: { endpoint: `127.0.0.1:${ports.otlp}` } } },
      faro: { endpoint: `127.0.0.1:${ports.faro}` },
      'file_log/containers': dockerLogsReceiver(folder),
    },
    processors: processorsOf(pipelines, main, containers, frontend),
    exporters: { file: { path: output, flush_interval: '100ms' } },
    extensions: { file_storage: { directory: folder } },
    service: { extensions: ['file_storage'], telemetry: { metrics: { level: 'none' } }, pipelines },
  };
}

type KeyValues = { key: string; value: { stringValue: string } }[];

type ResourceLogs = {
  resource: { attributes?: KeyValues };
  scopeLogs: { logRecords: { attributes?: KeyValues; body: { stringValue: string } }[] }[];
};

const plain = (attributes: KeyValues = []): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));

function recordsOf({ resourceLogs }: { resourceLogs: ResourceLogs[] }): LogRecord[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(({ attributes, body }) => ({
        resource: plain(resource.attributes),
        attributes: plain(attributes),
        body: body.stringValue,
      })),
    ),
  );
}
