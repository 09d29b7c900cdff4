import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { SIGNALS, type Signal } from '../../source/cloud-check/fields.ts';
import type { Certificates } from './certificates.ts';
import { linesOf, linesOfLoki, scrapesOf, spanIdsOf } from './received.ts';

/** A server in place of Mimir, Loki, Tempo and Pyroscope. It can be told to fail. */
export type FakeBackend = Taken & {
  /** With TLS, both are the same; without it, Node needs a server for each protocol. */
  ports: { http: number; grpc: number };
  requests: Record<Signal, { accepted: number; refused: number }>;
  /** Makes it respond with this HTTP status, for these signals or for all; `undefined` resets it. */
  fail(status: number | undefined, ...signals: Signal[]): void;
  /** Closes its ports and all connections. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** What it accepted, with duplicates. */
type Taken = {
  lines: string[];
  spanIds: string[];
  /** The target's scrape counter in each received sample. */
  scrapes: number[];
  /** The query of each profile received through Pyroscope's ingest API. */
  profiles: URLSearchParams[];
};

type Options = {
  certificates?: Certificates;
  /** Why a request is rejected with 401, if it is. */
  authorize?: (signal: Signal, authorization: string | undefined) => string | undefined;
};

type Call = { signal: Signal; url: URL; headers: IncomingMessage['headers']; body: Buffer };
type Reply = { status: number; text: string };

const PATHS: [path: RegExp, signal: Signal][] = [
  [/^\/api\/(prom|v1)\/push$/, 'metrics'],
  [/^\/loki\/api\/v1\/push$|^\/otlp\/v1\/logs$/, 'logs'],
  [/^\/opentelemetry\.proto\.collector\.trace\.v1\.TraceService\/Export$/, 'traces'],
  [/^\/ingest$|^\/push\.v1\.PusherService\/Push$/, 'profiles'],
];

/** The gRPC status for an HTTP status; without one, gRPC clients use the HTTP status. */
const GRPC_STATUS: Record<number, number> = { 200: 0, 401: 16, 403: 7, 404: 12, 429: 8, 503: 14 };

export async function startFakeBackend({ certificates, authorize }: Options = {}): Promise<FakeBackend> {
  const faults = new Map<Signal, number>();
  const taken: Taken = { lines: [], spanIds: [], scrapes: [], profiles: [] };
  const requests = Object.fromEntries(SIGNALS.map((signal) => [signal, { accepted: 0, refused: 0 }])) as Record<
    Signal,
    { accepted: number; refused: number }
  >;

  function replyTo({ signal, headers }: Call): Reply {
    const fault = faults.get(signal);
    if (fault !== undefined) return { status: fault, text: `told to answer ${fault}; you sent ${sent(headers)}` };
    const refusal = authorize?.(signal, headers.authorization);
    return refusal === undefined ? { status: 200, text: '' } : { status: 401, text: refusal };
  }

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://localhost');
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const signal = PATHS.find(([path]) => path.test(url.pathname))?.[1];
    if (signal === undefined) return void response.writeHead(404).end('404 page not found');
    const call = { signal, url, headers: request.headers, body };
    const reply = replyTo(call);
    requests[signal][reply.status < 300 ? 'accepted' : 'refused']++;
    if (reply.status < 300) keep(taken, call);
    end(response, signal, reply);
  }

  const handle = (request: object, response: object) =>
    // If the client is gone, no response is needed.
    void onRequest(request as IncomingMessage, response as ServerResponse).catch(() => {});
  const servers: Server[] = certificates
    ? [http2.createSecureServer({ allowHTTP1: true, key: certificates.key, cert: certificates.certificate }, handle)]
    : [createServer(handle), http2.createServer(handle)];
  const { ports, goAway, comeBack } = await listen(servers);
  return {
    ...taken,
    ports: { http: ports[0]!, grpc: ports.at(-1)! },
    requests,
    fail(status, ...signals) {
      for (const signal of signals.length === 0 ? SIGNALS : signals) {
        if (status === undefined) faults.delete(signal);
        else faults.set(signal, status);
      }
    },
    goAway,
    comeBack,
    [Symbol.asyncDispose]: goAway,
  };
}

/** Listens on free ports, and later on the same ones again. */
async function listen(servers: Server[]) {
  const sockets = new Set<Socket>();
  for (const server of servers) {
    server.on('sessionError', () => {});
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
  }
  const listenOn = (ports: number[]) =>
    Promise.all(
      servers.map(async (server, index) => {
        await once(server.listen(ports[index] ?? 0, '127.0.0.1'), 'listening');
        return (server.address() as AddressInfo).port;
      }),
    );
  const ports = await listenOn([]);
  return {
    ports,
    async goAway() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      for (const server of servers) while (server.listening) await once(server, 'close');
    },
    async comeBack() {
      await listenOn(ports);
    },
  };
}

/** Some proxies are known to repeat what they were sent. */
function sent({ authorization = 'nothing' }: IncomingMessage['headers']): string {
  return `${authorization}, ${Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()}`;
}

function keep(taken: Taken, { signal, url, headers, body }: Call): void {
  if (signal === 'metrics') taken.scrapes.push(...scrapesOf(body));
  if (signal === 'traces') taken.spanIds.push(...spanIdsOf(body));
  if (signal === 'profiles') taken.profiles.push(url.searchParams);
  if (signal === 'logs') {
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    taken.lines.push(
      ...(url.pathname === '/otlp/v1/logs' ? linesOf(bytes) : linesOfLoki(bytes, headers['content-type'])),
    );
  }
}

function end(response: ServerResponse, signal: Signal, { status, text }: Reply): void {
  const code = GRPC_STATUS[status];
  if (signal !== 'traces' || code === undefined) return void response.writeHead(status).end(text);
  response.writeHead(200, { 'content-type': 'application/grpc' });
  const message = code === 0 ? '' : encodeURIComponent(text);
  response.addTrailers({ 'grpc-status': String(code), 'grpc-message': message });
  // An empty message.
  response.end(code === 0 ? Buffer.alloc(5) : undefined);
}
