import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from './child-program.ts';
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
  const text = readFileSync(path.join(import.meta.dirname, '../../otel', file), 'utf8');
  return parse(text, { merge: true });
}

const COMPOSE = readFileSync(path.join(import.meta.dirname, '../../otel/compose.yml'), 'utf8');

/** The arguments of the collector in otel/compose.yml, except for its configuration files. */
export const FLAGS = (parse(COMPOSE, { logLevel: 'error' }).services['otel-collector'].command as string[]).filter(
  (argument) => !argument.startsWith('--config='),
);

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

export type LogsCollector = {
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
  [Symbol.asyncDispose](): Promise<void>;
};

/** The real collector with the log pipelines of otel/, except that they end in a file instead of Loki. */
export async function startLogsCollector(program: string, env: Record<string, string>): Promise<LogsCollector> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mythical-otel-'));
  const ports = { otlp: await freePort(), faro: await freePort() };
  const output = path.join(folder, 'records.json');
  const dockerLogs = path.join(folder, 'containers/0123');
  await mkdir(dockerLogs, { recursive: true });
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(logsConfiguration(folder, ports, output)));

  const collector = await startChildProgram(program, [`--config=${file}`, ...FLAGS], {
    env,
    ready: (line) => line.includes('Everything is ready'),
  });

  const lastLines = () => collector.lines.slice(-20).join('\n');

  async function post(url: string, body: object): Promise<void> {
    const { ok, status } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!ok) throw new Error(`the collector answered ${status}: ${lastLines()}`);
  }

  async function records(): Promise<LogRecord[]> {
    const text = await readFile(output, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => recordsOf(JSON.parse(line)));
  }

  return {
    async send(resource, { body, attributes = {}, ...fields }) {
      const record = {
        timeUnixNano: `${Date.now()}000000`,
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
      const text = lines.map(({ project, service, log }) =>
        JSON.stringify({
          log: `${log}\n`,
          stream: 'stdout',
          ...(project && { attrs: { 'com.docker.compose.project': project, 'com.docker.compose.service': service } }),
          time: new Date().toISOString().replace('Z', '456789Z'),
        }),
      );
      await writeFile(path.join(dockerLogs, '0123-json.log'), `${text.join('\n')}\n`, { flag: 'a' });
    },
    records,
    arrived: (text) =>
      until(async () => (await records()).find(({ body }) => body.includes(text)), {
        what: () => `${text}: ${lastLines()}`,
      }),
    async [Symbol.asyncDispose]() {
      await collector[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

function logsConfiguration(folder: string, ports: { otlp: number; faro: number }, output: string): Configuration {
  const [main, containers, frontend] = ['otel.yml', 'containers.yml', 'frontend.yml'].map(readConfiguration) as [
    Configuration,
    Configuration,
    Configuration,
  ];
  const pipelines = {
    'logs/otlp': main.service.pipelines['logs/otlp']!,
    'logs/containers': containers.service.pipelines['logs/containers']!,
    'logs/frontend': frontend.service.pipelines['logs/frontend']!,
  };
  for (const pipeline of Object.values(pipelines)) pipeline.exporters = ['file'];
  const processors = { ...main.processors, ...containers.processors, ...frontend.processors };
  const used = Object.values(pipelines).flatMap(({ processors = [] }) => processors);
  return {
    receivers: {
      otlp: { protocols: { http: { endpoint: `127.0.0.1:${ports.otlp}` } } },
      faro: { endpoint: `127.0.0.1:${ports.faro}` },
      'file_log/containers': dockerLogsReceiver(folder),
    },
    processors: Object.fromEntries(Object.entries(processors).filter(([name]) => used.includes(name))),
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

const keyValues = (record: Record<string, string>): KeyValues =>
  Object.entries(record).map(([key, stringValue]) => ({ key, value: { stringValue } }));

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
