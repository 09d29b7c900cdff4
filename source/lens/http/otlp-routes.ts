import { status as grpcStatus } from '@grpc/grpc-js';
import { type HttpProblem, methodNotAllowed } from '@mythical/common/http/problem';
import type { Request, RequestHandler, Response, Router } from 'express';
import { type Ingest, storeOtlp, storeOtlpProtobuf } from '../receive/otlp.ts';
import { decodeJson, responseAsJson } from '../receive/otlp-json.ts';
import { encodeResponse, encodeStatus, type Signal } from '../receive/otlp-messages.ts';
import { handleErrors } from './problem.ts';
import { bytesOf, hasType, JSON_TYPE, PROTOBUF_TYPE, readBytes, unsupportedType } from './request.ts';

/** OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function otlpRoutes(router: Router, ingest: Ingest, announce: (message: string) => void): void {
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    router
      .route(`/v1/${signal}`)
      .post(readBytes, receive(ingest, signal))
      .all(methodNotAllowed('POST'))
      .all(handleErrors(announce, sendStatus));
  }
}

function receive(ingest: Ingest, signal: Signal): RequestHandler {
  return async (request, response) => {
    const body = bytesOf(request);
    if (hasType(request, JSON_TYPE)) {
      const result = storeOtlp(ingest, signal, decodeJson(signal, body.toString('utf8')), body.length);
      response.json(responseAsJson(signal, result));
    } else if (hasType(request, PROTOBUF_TYPE)) {
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
function sendStatus(request: Request, response: Response, { status, headers, message }: HttpProblem): void {
  const code = CODES[status] ?? grpcStatus.INVALID_ARGUMENT;
  response.status(status).set(headers);
  if (hasType(request, PROTOBUF_TYPE)) response.type(PROTOBUF_TYPE).send(encodeStatus(code, message));
  else response.json({ code, message });
}
