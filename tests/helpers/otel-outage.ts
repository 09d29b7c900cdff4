import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { uncompress } from 'snappyjs';
import { freePort } from '../../source/embedded/ports.ts';
import { decodeProtobuf } from '../../source/lens/receive/otlp-messages.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import { startTarget } from './cloud-load.ts';
import { type Configuration, readConfiguration } from './otel-collector.ts';
import { spansOfExport } from './otlp-export.ts';

export type Part = 'loki' | 'tempo' | 'mimir';

/** What stands in the place of Loki, Tempo and Mimir. Each piece that it took is there as often as it came. */
export type Backend = {
  ports: { http: number; grpc: number };
  lines: string[];
  spanIds: string[];
  /** How often the target had been scraped, in each sample that came. */
  scrapes: number[];
  /** Which of the three are away, and answer 503. */
  away: Set<Part>;
  refused: number;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startBackend(): Promise<Backend> {
  const backend: Backend = {
    ports: { http: 0, grpc: 0 },
    lines: [],
    spanIds: [],
    scrapes: [],
    away: new Set(),
    refused: 0,
    async [Symbol.asyncDispose]() {
      for (const server of [http, grpc]) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };

  async function answerHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const part = request.url === '/otlp/v1/logs' ? 'loki' : 'mimir';
    if (backend.away.has(part)) {
      backend.refused++;
      return void response.writeHead(503).end('away');
    }
    if (part === 'mimir') backend.scrapes.push(...scrapesOf(Buffer.from(uncompress(body))));
    else backend.lines.push(...linesOf(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
    response.writeHead(200).end();
  }

  async function answerGrpc(request: http2.Http2ServerRequest, response: http2.Http2ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (backend.away.has('tempo')) {
      backend.refused++;
      // UNAVAILABLE
      const trailers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' };
      return void response.stream.respond(trailers, { endStream: true });
    }
    backend.spanIds.push(...spansOfExport(body));
    response.writeHead(200, { 'content-type': 'application/grpc' });
    response.addTrailers({ 'grpc-status': '0' });
    response.end(Buffer.alloc(5));
  }

  // Who asked is gone.
  const ended = () => {};
  const http = createServer((request, response) => void answerHttp(request, response).catch(ended));
  const grpc = http2.createServer((request, response) => void answerGrpc(request, response).catch(ended));
  const sockets = new Set<Socket>();
  for (const server of [http, grpc]) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
  }
  grpc.on('sessionError', () => {});
  backend.ports = { http: await listen(http), grpc: await listen(grpc) };
  return backend;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function bodyOf(request: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const linesOf = (message: Buffer): string[] =>
  decodeProtobuf('logs', message)
    .resourceLogs.flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords)
    .map(({ body }) => body?.stringValue ?? '');

/** The values of the series `outage_scrapes` in a remote write: after its labels, one sample of a double and a time. */
function scrapesOf(message: Buffer): number[] {
  const found: number[] = [];
  for (let at = message.indexOf('outage_scrapes'); at !== -1; at = message.indexOf('outage_scrapes', at + 1)) {
    // The field "samples" with the field "value": 0x12, a length, 0x09, eight bytes.
    for (let next = at; next < message.length - 11; next++) {
      if (message[next] !== 0x12 || message[next + 2] !== 0x09) continue;
      const value = message.readDoubleLE(next + 3);
      // Not a number says that the target is gone.
      if (!Number.isNaN(value)) found.push(value);
      break;
    }
  }
  return found;
}

/** The collector with the pipelines of otel/ through which lines, spans and scraped samples go. */
export type OutageCollector = {
  program: ChildProgram;
  ports: { otlp: number; faro: number };
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  /** Writes lines into a log file of Docker. */
  write(lines: string[]): Promise<void>;
  bytesOnDisk(): Promise<number>;
  /** How often it asked for metrics so far. */
  scrapes(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startOutageCollector(
  executable: string,
  env: Record<string, string>,
  backend: Backend,
  edit: (configuration: Configuration) => void = () => {},
): Promise<OutageCollector> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mythical-outage-'));
  const data = path.join(folder, 'data');
  const dockerLogs = path.join(folder, 'containers/0123');
  for (const each of [data, dockerLogs]) await mkdir(each, { recursive: true });
  const target = await startTarget();
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
      running = await startChildProgram(executable, [`--config=${file}`], {
        env,
        ready: (line) => line.includes('Everything is ready'),
      });
    },
    async stop(signal) {
      await running!.stop(signal);
    },
    write: (lines) =>
      appendFile(
        path.join(dockerLogs, '0123-json.log'),
        lines
          .map((log) =>
            JSON.stringify({
              log: `${log}\n`,
              stream: 'stdout',
              attrs: { 'com.docker.compose.project': 'mythical', 'com.docker.compose.service': 'outage-test' },
              time: new Date().toISOString().replace('Z', '456789Z'),
            }).concat('\n'),
          )
          .join(''),
      ),
    async bytesOnDisk() {
      let bytes = 0;
      for (const name of await readdir(data)) {
        const { blocks = 0 } = await stat(path.join(data, name)).catch(() => ({ blocks: 0 }));
        bytes += blocks * 512;
      }
      return bytes;
    },
    scrapes: () => target.scrapes,
    async [Symbol.asyncDispose]() {
      await running?.stop('SIGKILL');
      await target.close();
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

function outageConfiguration(
  folder: string,
  data: string,
  ports: OutageCollector['ports'],
  target: string,
  backend: Backend,
): Configuration {
  const [main, containers, frontend] = ['otel.yml', 'containers.yml', 'frontend.yml'].map(readConfiguration) as [
    Configuration,
    Configuration,
    Configuration,
  ];
  const { 'metrics/containers': _docker, ...pipelinesOfContainers } = containers.service.pipelines;
  const pipelines = { ...main.service.pipelines, ...pipelinesOfContainers, ...frontend.service.pipelines };
  // The collector that is made from packages has no receiver for Faro.
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
      'file_log/containers': {
        ...containers.receivers?.['file_log/containers'],
        include: [`${folder}/containers/*/*-json.log`],
      },
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
    service: { extensions: ['file_storage'], telemetry: { metrics: { level: 'none' } }, pipelines },
  };
}

/** Telemetry of which each piece has a number, so that what is lost, or comes twice, is known exactly. */
export type OutageLoad = {
  /** What the collector took, by OTLP. */
  lines: string[];
  spanIds: string[];
  /** What it did not take: whoever sends would try again. */
  refused: { lines: number; spans: number };
  /** What was written to a log file of Docker. */
  fileLines: string[];
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const PADDING = 'x'.repeat(180);
const FIELDS = [{ key: 'padding', value: { stringValue: PADDING } }];
const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'outage-test' } }] };

/** 100 lines and 200 spans a second by OTLP, and 20 lines a second in a file; in four requests for each. */
export function startOutageLoad(collector: OutageCollector): OutageLoad {
  let ended = false;
  let count = 0;
  const load: OutageLoad = {
    lines: [],
    spanIds: [],
    refused: { lines: 0, spans: 0 },
    fileLines: [],
    stop,
    [Symbol.asyncDispose]: stop,
  };
  async function stop(): Promise<void> {
    ended = true;
    await loops;
    await Promise.all(waiting);
  }
  const waiting = new Set<Promise<void>>();

  const post = (signal: string, body: object) =>
    fetch(`http://127.0.0.1:${collector.ports.otlp}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
  const now = () => `${Date.now()}000000`;

  async function sendLines(): Promise<void> {
    const lines = Array.from({ length: 25 }, () => `otlp ${count++}`);
    const logRecords = lines.map((line) => ({
      timeUnixNano: now(),
      severityText: 'INFO',
      body: { stringValue: line },
      attributes: FIELDS,
    }));
    if (await post('logs', { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords }] }] })) {
      load.lines.push(...lines);
    } else load.refused.lines += lines.length;
  }

  async function sendSpans(): Promise<void> {
    const spans = Array.from({ length: 50 }, () => ({
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      name: 'outage',
      kind: 2,
      startTimeUnixNano: now(),
      endTimeUnixNano: now(),
      attributes: FIELDS,
    }));
    if (await post('traces', { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans }] }] })) {
      load.spanIds.push(...spans.map(({ spanId }) => spanId));
    } else load.refused.spans += spans.length;
  }

  async function writeLines(): Promise<void> {
    const lines = Array.from({ length: 5 }, () => `file ${count++} ${PADDING}`);
    load.fileLines.push(...lines);
    await collector.write(lines);
  }

  async function every(milliseconds: number, send: () => Promise<void>): Promise<void> {
    let next = performance.now();
    while (!ended) {
      // Doesn't wait for the answer, as several services would not wait for each other.
      const work = send();
      waiting.add(work);
      void work.finally(() => waiting.delete(work));
      next += milliseconds;
      await sleep(Math.max(0, next - performance.now()));
    }
  }
  const loops = Promise.all([every(250, sendLines), every(250, sendSpans), every(250, writeLines)]);
  return load;
}
