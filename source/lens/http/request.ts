import express, { type Request, type RequestHandler } from 'express';
import { MAX_PAYLOAD_BYTES } from '../receive/payload.ts';

export const JSON_TYPE = 'application/json';
export const PROTOBUF_TYPE = 'application/x-protobuf';

/** The body as bytes, whatever its type, decompressed. */
export const readBytes = express.raw({ type: () => true, limit: MAX_PAYLOAD_BYTES });

export function bytesOf(request: Request): Buffer<ArrayBuffer> {
  return Buffer.isBuffer(request.body) ? (request.body as Buffer<ArrayBuffer>) : Buffer.alloc(0);
}

export function mediaType(request: Request): string {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** A parameter of the Content-Type: `name` in `a/b; name=value`. */
export function mediaTypeParameter(request: Request, name: string): string | undefined {
  const [, ...parameters] = request.headers['content-type']?.split(';') ?? [];
  const given = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith(`${name}=`));
  return given?.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
}

/**
 * Alloy sends protobuf pushes with Content-Encoding: snappy. The decoder handles snappy, and express would reject an
 * unknown encoding.
 */
export const ignoreSnappyEncoding: RequestHandler = (request, _response, next) => {
  if (request.headers['content-encoding'] === 'snappy') delete request.headers['content-encoding'];
  next();
};

/** A client error with its status. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function unsupportedType(...supported: string[]): RequestError {
  return new RequestError(415, `expected ${supported.join(' or ')}`);
}
