import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { uncompress } from 'snappyjs';
import { WRITE_REQUEST } from '../../source/cloud-check/samples/metrics.ts';
import { decodeProtobuf } from '../../source/lens/receive/otlp-messages.ts';
import { spansOfExport } from './otlp-export.ts';

export type Part = 'loki' | 'tempo' | 'mimir';

/** What stands in the place of Loki, Tempo and Mimir. Each piece that it took is there as often as it came. */
export type Backend = {
  ports: { http: number; grpc: number };
  lines: string[];
  spanIds: string[];
  /** How often the target had been scraped, in each sample that came. */
  scrapes: number[];
  /** Which of the three are away, and answer 503, or as told in `status`. */
  away: Set<Part>;
  /** 429 says that a limit was reached; whoever asked should come back. Of Loki and Mimir. */
  status: 503 | 429;
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
    status: 503,
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
      return void response.writeHead(backend.status).end('away');
    }
    if (part === 'mimir') backend.scrapes.push(...scrapesOf(uncompress(body)));
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

type WriteRequest = { timeseries: { labels: { name: string; value: string }[]; samples: { value: number }[] }[] };

/** The values of the series `outage_scrapes` in a remote write. */
function scrapesOf(message: Uint8Array): number[] {
  const { timeseries } = WRITE_REQUEST.decode(message) as unknown as WriteRequest;
  return (
    timeseries
      .filter(({ labels }) => labels.some(({ name, value }) => name === '__name__' && value === 'outage_scrapes'))
      .flatMap(({ samples }) => samples.map(({ value }) => value))
      // Not a number says that the target is gone.
      .filter((value) => !Number.isNaN(value))
  );
}
