import { lookup } from 'node:dns/promises';
import * as grpc from '@grpc/grpc-js';
import { decodeStatusMessage } from '@mythical/common/otlp';
import type { Sample } from './samples.ts';

/** An HTTP status, a gRPC status, or no response. */
export type Answer =
  | { kind: 'http' | 'grpc'; code: number; text: string; body?: Uint8Array }
  | { kind: 'failure'; text: string };

export type Target = { url: URL; headers: Record<string, string> };

/** Slower endpoints count as unavailable. */
const TIMEOUT_MS = 10_000;

export async function sendByHttp({ url, headers: own }: Target, { path, headers, body }: Sample): Promise<Answer> {
  try {
    const response = await fetch(url.href.replace(/\/$/, '') + path, {
      method: 'POST',
      headers: { ...headers, ...own },
      body: new Uint8Array(body),
      // Following a redirect could send the token to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.bytes();
    return { kind: 'http', code: response.status, text: textOf(response, answer), body: answer };
  } catch (error) {
    return { kind: 'failure', text: messageOf(error) };
  }
}

/** An OTLP endpoint reports an error in the request's format: protobuf. */
function textOf({ ok, headers }: Response, body: Uint8Array): string {
  if (!ok && headers.get('content-type') === 'application/x-protobuf') {
    try {
      return decodeStatusMessage(body);
    } catch {
      // Something else, despite its type.
    }
  }
  return Buffer.from(body).toString();
}

export async function sendByGrpc({ url, headers }: Target, { path, body }: Sample): Promise<Answer> {
  try {
    // gRPC doesn't distinguish an unknown host from an unreachable DNS server.
    await lookup(url.hostname.replace(/^\[|\]$/g, ''));
  } catch (error) {
    return { kind: 'failure', text: messageOf(error) };
  }
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const { createSsl, createInsecure } = grpc.credentials;
  const isPlain = url.protocol === 'http:';
  const address = `${url.hostname}:${url.port || (isPlain ? 80 : 443)}`;
  const client = new grpc.Client(address, isPlain ? createInsecure() : createSsl());
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const bytes = (message: Buffer) => message;
  client.makeUnaryRequest(
    path,
    bytes,
    bytes,
    body,
    metadata,
    { deadline: Date.now() + TIMEOUT_MS },
    (error, answer) => {
      const { code, details } = error ?? { code: grpc.status.OK, details: '' };
      // grpc-js leaves some characters percent-encoded, which could hide a token.
      const text = details.replaceAll(/%[2-7][0-9A-F]/g, decodeURIComponent);
      const [, httpStatus] = /^Received HTTP status code (\d+)$/.exec(details) ?? [];
      resolve(
        httpStatus
          ? { kind: 'http', code: Number(httpStatus), text: '' }
          : { kind: 'grpc', code, text, ...(answer && { body: answer }) },
      );
    },
  );
  return promise.finally(() => client.close());
}

/** The innermost cause has the message of the operating system, TLS or HTTP. */
function messageOf(error: unknown): string {
  const { cause, code, name, message } = error as NodeJS.ErrnoException;
  if (cause !== undefined) return messageOf(cause);
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return `${code ?? name} ${message}`;
}
