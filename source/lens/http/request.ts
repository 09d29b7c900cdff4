import { HttpProblem } from '@mythical/common/http/problem';
import express, { type Request, type RequestHandler } from 'express';
import { MAX_PAYLOAD_BYTES } from '../receive/payload.ts';

export const JSON_TYPE = 'application/json';
export const PROTOBUF_TYPE = 'application/x-protobuf';

/** The body as bytes, whatever its type, decompressed. */
export const readBytes = express.raw({ type: () => true, limit: MAX_PAYLOAD_BYTES });

export function bytesOf(request: Request): Buffer<ArrayBuffer> {
  return Buffer.isBuffer(request.body) ? (request.body as Buffer<ArrayBuffer>) : Buffer.alloc(0);
}

/** Unlike express' `request.is`, also without a body: an empty protobuf message has none. */
export function hasType(request: Request, type: string): boolean {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === type;
}

/**
 * Alloy sends protobuf pushes with Content-Encoding: snappy. The decoder handles snappy, and express would reject an
 * unknown encoding.
 */
export const ignoreSnappyEncoding: RequestHandler = (request, _response, next) => {
  if (request.headers['content-encoding']?.toLowerCase() === 'snappy') delete request.headers['content-encoding'];
  next();
};

export function unsupportedType(...supported: string[]): HttpProblem {
  return new HttpProblem(415, `expected ${supported.join(' or ')}`);
}
