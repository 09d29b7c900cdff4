import http2 from 'node:http2';
import type { Signal } from './fields.ts';
import type { Sample } from './samples/sample.ts';

/** What came back: an HTTP status, the end of a gRPC call, or no answer at all. */
export type Answer =
  | { kind: 'http'; status: number; body: string }
  | { kind: 'grpc'; code: number; message: string }
  | { kind: 'failure'; code: string };

export type Target = { signal: Signal; url: string; authorization: string };

/** An endpoint that takes longer is as good as away. */
const TIMEOUT_MS = 10_000;

/** Of an answer, in characters: more than anybody is shown. */
const MAX_TEXT = 4_000;

export function send({ signal, url, authorization }: Target, { path, headers, body }: Sample): Promise<Answer> {
  const address = url.replace(/\/$/, '') + path;
  const all = { ...headers, authorization, 'user-agent': 'mythical-cloud-check' };
  return signal === 'traces' ? overHttp2(new URL(address), all, body) : overHttp(address, all, body);
}

async function overHttp(address: string, headers: Record<string, string>, body: Buffer): Promise<Answer> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      // To follow one could mean to show the token to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { kind: 'http', status: response.status, body: await response.text() };
  } catch (error) {
    return failure(error);
  }
}

/** One call of gRPC, which is a POST of HTTP/2 whose result stands in the trailers. */
function overHttp2(address: URL, headers: Record<string, string>, body: Buffer): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const session = http2.connect(address.origin);
  session.on('error', (error) => resolve(failure(error)));
  const request = session.request({ ':method': 'POST', ':path': address.pathname, ...headers });
  // Of the whole call: one that goes on saying a little would never be silent for as long.
  const patience = setTimeout(() => {
    resolve({ kind: 'failure', code: 'ETIMEDOUT' });
    session.destroy();
  }, TIMEOUT_MS);
  let status = 0;
  let text = '';
  const takeResult = (from: http2.IncomingHttpHeaders) => {
    if (from['grpc-status'] === undefined) return;
    const message = decoded(String(from['grpc-message'] ?? ''));
    resolve({ kind: 'grpc', code: Number(from['grpc-status']), message });
  };
  request.on('response', (response) => {
    status = Number(response[':status']);
    takeResult(response);
  });
  request.on('trailers', takeResult);
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    if (text.length < MAX_TEXT) text += chunk;
  });
  request.on('end', () =>
    // A connection may also end in peace before it answered, as with a proxy that restarts.
    resolve(status === 0 ? { kind: 'failure', code: 'ECONNRESET' } : { kind: 'http', status, body: text }),
  );
  request.on('error', (error) => resolve(failure(error)));
  request.end(body);
  return promise.finally(() => {
    clearTimeout(patience);
    session.close();
  });
}

/** Percent-encoded, says gRPC; one that is not is taken as it is. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** What the operating system, TLS or HTTP says is in the innermost cause. */
function failure(error: unknown): Answer {
  const { cause, code, name } = error as NodeJS.ErrnoException;
  if (cause instanceof AggregateError) return failure(cause.errors[0]);
  if (error instanceof AggregateError) return failure(error.errors[0]);
  if (cause !== undefined) return failure(cause);
  if (name === 'TimeoutError') return { kind: 'failure', code: 'ETIMEDOUT' };
  return { kind: 'failure', code: code ?? name };
}
