import { status as grpcStatus } from '@grpc/grpc-js';
import type { ErrorRequestHandler, RequestHandler, Router } from 'express';
import { type Ingest, storeOtlp, storeOtlpProtobuf } from '../receive/otlp.ts';
import { decodeJson, responseAsJson } from '../receive/otlp-json.ts';
import { encodeResponse, encodeStatus, type Signal } from '../receive/otlp-messages.ts';
import { problemOf, RETRY_AFTER } from './problem.ts';
import { bytesOf, JSON_TYPE, mediaType, PROTOBUF_TYPE, RequestError, readBytes, unsupportedType } from './request.ts';

/** OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function otlpRoutes(router: Router, ingest: Ingest, announce: (message: string) => void): void {
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    router
      .route(`/v1/${signal}`)
      .post(readBytes, receive(ingest, signal))
      .all((request, response) => {
        response.set('allow', 'POST');
        throw new RequestError(405, `${request.method} is not allowed here, only POST`);
      })
      .all(errorHandler(announce));
  }
}

function receive(ingest: Ingest, signal: Signal): RequestHandler {
  return async (request, response) => {
    const body = bytesOf(request);
    const type = mediaType(request);
    if (type === JSON_TYPE) {
      const result = storeOtlp(ingest, signal, decodeJson(signal, body.toString('utf8')), body.length);
      response.json(responseAsJson(signal, result));
    } else if (type === PROTOBUF_TYPE) {
      response.type(PROTOBUF_TYPE).send(encodeResponse(await storeOtlpProtobuf(ingest, signal, body)));
    } else {
      throw unsupportedType(PROTOBUF_TYPE, JSON_TYPE);
    }
  };
}

const CODES: Record<number, number> = {
  405: grpcStatus.UNIMPLEMENTED,
  429: grpcStatus.UNAVAILABLE,
  500: grpcStatus.INTERNAL,
};

/** Errors have a google.rpc.Status as their body, in the request's encoding, or else in JSON. */
function errorHandler(announce: (message: string) => void): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, detail } = problemOf(error);
    if (status === 500) announce(`lens: ${request.method} ${request.path}: ${error?.stack ?? error}`);
    if (status === 429) response.set('retry-after', RETRY_AFTER);
    const code = CODES[status] ?? grpcStatus.INVALID_ARGUMENT;
    response.status(status);
    if (mediaType(request) === PROTOBUF_TYPE) response.type(PROTOBUF_TYPE).send(encodeStatus(code, detail));
    else response.json({ code, message: detail });
  };
}
