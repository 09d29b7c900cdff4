import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { type Endpoints, SIGNALS, type Signal } from '../../source/cloud-check/fields.ts';
import type { Certificates } from './certificates.ts';
import { spansOfExport } from './otlp-export.ts';

/**
 * A server that behaves like the endpoints of Grafana Cloud: TLS, HTTP/1.1 and gRPC, a username and a token for each
 * signal. What it takes, it passes to the backend behind it, where there is one. It can be told to fail.
 */
export type CloudServer = {
  port: number;
  /** What a person would fill in. */
  endpoints: Endpoints;
  /** What it answers in place of the truth, for one signal or all; `undefined` ends that. */
  fail(status: number | undefined, signal?: Signal): void;
  /** Changes the token, as if the old one had been deleted. */
  revoke(): void;
  /** From now on the token may write these signals only. */
  allow(signals: readonly Signal[]): void;
  restore(): void;
  /** Nothing listens any more, and open connections are cut. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  requests: Record<Signal, { accepted: number; refused: number }>;
  /** The ids of all spans that were taken, as often as they were. */
  spanIds: string[];
  /** The query of each profile that was taken. */
  profiles: URLSearchParams[];
  [Symbol.asyncDispose](): Promise<void>;
};

/** Where the backends listen, of those that run. */
export type Upstreams = Partial<Record<Signal, string>>;

const PATHS: [path: RegExp, signal: Signal][] = [
  [/^\/api\/prom\/push$/, 'metrics'],
  [/^\/loki\/api\/v1\/push$|^\/otlp\/v1\/logs$/, 'logs'],
  [/^\/opentelemetry\.proto\.collector\.trace\.v1\.TraceService\/Export$/, 'traces'],
  [/^\/ingest$|^\/push\.v1\.PusherService\/Push$/, 'profiles'],
];

/** As the real ones call it. */
const UPSTREAM_PATHS: Record<string, string> = { '/api/prom/push': '/api/v1/push' };

export const TOKEN = 'glc_test_0123456789abcdef';
const USERNAMES: Record<Signal, string> = { metrics: '1001', logs: '1002', traces: '1003', profiles: '1004' };

/** What gRPC calls these. */
const GRPC_STATUS: Record<number, number> = { 401: 16, 403: 7, 404: 12, 429: 8, 503: 14 };

export async function startCloudServer(certificates: Certificates, upstreams: Upstreams = {}): Promise<CloudServer> {
  const faults: Partial<Record<Signal, number>> = {};
  let token = TOKEN;
  let allowed: readonly Signal[] = SIGNALS;
  const requests = Object.fromEntries(SIGNALS.map((signal) => [signal, { accepted: 0, refused: 0 }]));
  const spanIds: string[] = [];
  const profiles: URLSearchParams[] = [];
  const sockets = new Set<Socket>();

  const server = http2.createSecureServer({ allowHTTP1: true, key: certificates.key, cert: certificates.certificate });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('sessionError', () => {});
  server.on('request', (request, response) => {
    void answer(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });

  async function answer(request: http2.Http2ServerRequest, response: http2.Http2ServerResponse): Promise<void> {
    const url = new URL(request.url, 'https://localhost');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const signal = PATHS.find(([path]) => path.test(url.pathname))?.[1];
    if (signal === undefined) return void response.writeHead(404).end('404 page not found');
    const fault = faults[signal];
    if (fault !== undefined) {
      requests[signal]!.refused++;
      // Proxies have been seen to repeat what they were sent.
      const sent = request.headers.authorization ?? 'nothing';
      const decoded = Buffer.from(sent.replace('Basic ', ''), 'base64').toString();
      const said = `told to answer ${fault}; you sent ${sent}, ${decoded}`;
      if (signal === 'traces' && fault in GRPC_STATUS) return failGrpc(response, GRPC_STATUS[fault]!, said);
      return void response.writeHead(fault).end(said);
    }
    const expected = `Basic ${Buffer.from(`${USERNAMES[signal]}:${token}`).toString('base64')}`;
    const known = request.headers.authorization === expected;
    if (!known || !allowed.includes(signal)) {
      requests[signal]!.refused++;
      const error = `authentication error: invalid ${known ? 'scope requested' : 'token'}`;
      if (signal === 'traces') return failGrpc(response, GRPC_STATUS[401]!, error);
      return void response.writeHead(401).end(JSON.stringify({ status: 'error', error }));
    }
    const upstream = upstreams[signal];
    const status = upstream === undefined ? 200 : await forward(signal, upstream, url, request, body, response);
    if (status >= 300) return void requests[signal]!.refused++;
    requests[signal]!.accepted++;
    if (signal === 'traces') spanIds.push(...spansOfExport(body));
    if (signal === 'profiles') profiles.push(url.searchParams);
    if (upstream !== undefined) return;
    if (signal === 'traces') endGrpc(response, { 'grpc-status': '0' }, Buffer.alloc(5));
    else response.writeHead(signal === 'logs' ? 204 : 200).end();
  }

  await listen(0);
  const { port } = server.address() as AddressInfo;
  function listen(port: number): Promise<unknown> {
    server.listen(port, '127.0.0.1');
    return once(server, 'listening');
  }
  async function goAway(): Promise<void> {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    while (server.listening) await once(server, 'close');
  }

  const origin = `https://localhost:${port}`;
  return {
    port,
    endpoints: {
      metricsUrl: `${origin}/api/prom/push`,
      metricsUsername: USERNAMES.metrics,
      metricsPassword: TOKEN,
      logsUrl: `${origin}/loki/api/v1/push`,
      logsUsername: USERNAMES.logs,
      logsPassword: TOKEN,
      tracesUrl: `localhost:${port}`,
      tracesBase64AuthToken: Buffer.from(`${USERNAMES.traces}:${TOKEN}`).toString('base64'),
      profilesUrl: origin,
      profileUsername: USERNAMES.profiles,
      profilePassword: TOKEN,
    },
    fail(status, signal) {
      for (const one of signal === undefined ? SIGNALS : [signal]) {
        if (status === undefined) delete faults[one];
        else faults[one] = status;
      }
    },
    revoke() {
      token = 'glc_another';
    },
    restore() {
      token = TOKEN;
    },
    allow(signals) {
      allowed = signals;
    },
    goAway,
    async comeBack() {
      await listen(port);
    },
    requests: requests as CloudServer['requests'],
    spanIds,
    profiles,
    [Symbol.asyncDispose]: goAway,
  };
}

/** Asks the backend, and passes its answer on. */
async function forward(
  signal: Signal,
  upstream: string,
  url: URL,
  request: http2.Http2ServerRequest,
  body: Buffer,
  response: http2.Http2ServerResponse,
): Promise<number> {
  if (signal === 'traces') return forwardGrpc(upstream, request, body, response);
  const path = UPSTREAM_PATHS[url.pathname] ?? url.pathname;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (/^(content-(type|encoding)|x-prometheus-.*|connect-.*)$/.test(name)) headers[name] = String(value);
  }
  const answer = await fetch(`${upstream}${path}${url.search}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  });
  const text = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text);
  return answer.status;
}

async function forwardGrpc(
  upstream: string,
  request: http2.Http2ServerRequest,
  body: Buffer,
  response: http2.Http2ServerResponse,
): Promise<number> {
  const session = http2.connect(upstream);
  try {
    const { promise: failed, reject } = Promise.withResolvers<never>();
    session.on('error', reject);
    const names = ['content-type', 'te', 'grpc-encoding', 'grpc-accept-encoding', 'grpc-timeout'];
    const headers = Object.fromEntries(
      names.flatMap((name) => (request.headers[name] ? [[name, request.headers[name]]] : [])),
    );
    const call = session.request({ ':method': 'POST', ':path': request.url, ...headers });
    let trailers: http2.IncomingHttpHeaders = {};
    call.on('response', (head) => {
      if (head['grpc-status'] !== undefined) trailers = head;
    });
    call.on('trailers', (tail) => {
      trailers = tail;
    });
    const chunks: Buffer[] = [];
    call.on('data', (chunk) => chunks.push(chunk));
    call.end(body);
    await Promise.race([once(call, 'end'), failed]);
    const status = String(trailers['grpc-status'] ?? '2');
    endGrpc(
      response,
      { 'grpc-status': status, 'grpc-message': String(trailers['grpc-message'] ?? '') },
      Buffer.concat(chunks),
    );
    return status === '0' ? 200 : 500;
  } finally {
    session.close();
  }
}

/** A call that failed has no body: one frame of headers holds it all. */
function failGrpc(response: http2.Http2ServerResponse, code: number, message: string): void {
  const trailers = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) };
  response.stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true });
}

function endGrpc(response: http2.Http2ServerResponse, trailers: Record<string, string>, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/grpc' });
  response.addTrailers(trailers);
  response.end(body);
}
