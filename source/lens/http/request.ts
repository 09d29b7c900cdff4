import express, { type Request } from 'express';
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
