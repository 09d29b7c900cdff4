import { status as grpcStatus } from '@grpc/grpc-js';
import { cors } from '@mythical/common/http/cors';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { storeFaro } from '../receive/faro.ts';
import { MAX_FARO_BYTES } from '../receive/faro-payload.ts';
import { decodeLokiJson, decodeLokiProtobuf, lokiRows } from '../receive/loki-push.ts';
import { type Ingest, storeOtlp } from '../receive/otlp.ts';
import {
  decodeJson,
  decodeProtobuf,
  encodeResponse,
  encodeStatus,
  responseAsJson,
  type Signal,
} from '../receive/otlp-messages.ts';
import { BusyError, MAX_PAYLOAD_BYTES } from '../receive/payload.ts';
import { pyroscopeRows } from '../receive/pyroscope-ingest.ts';
import { problemOf, RETRY_AFTER, sendProblem } from './problem.ts';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

/** The body as bytes, whatever its type, and decompressed. */
const readBytes = express.raw({ type: () => true, limit: MAX_PAYLOAD_BYTES });

/**
 * Alloy says of a push in protobuf that its encoding is snappy. It is so by definition, and the decoder undoes it; express
 * would refuse an encoding that it does not know.
 */
const leaveSnappy: RequestHandler = (request, _response, next) => {
  if (request.headers['content-encoding'] === 'snappy') delete request.headers['content-encoding'];
  next();
};

/**
 * What a page may send to Alloy's `faro.receiver`, version 1.18, and no more: a Faro SDK that Alloy would not let through
 * (2.12 and its Idempotency-Key) shall not pass here either.
 */
const FARO_HEADERS = [
  'content-type',
  'content-encoding',
  'traceparent',
  'x-api-key',
  'x-faro-session-id',
  'x-scope-orgid',
];

/** @param faroOrigins of the pages whose browsers may send telemetry */
export function receiverRoutes(router: Router, ingest: Ingest, faroOrigins: readonly string[]): void {
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    router.post(`/v1/${signal}`, readBytes, receiveOtlp(ingest, signal));
  }

  faroRoute(router, ingest, faroOrigins);

  router.post('/loki/api/v1/push', leaveSnappy, readBytes, (request, response) => {
    const body = bytesOf(request);
    const type = mediaType(request);
    if (type !== JSON_TYPE && type !== PROTOBUF_TYPE) return unsupported(response);
    const streams = type === JSON_TYPE ? decodeLokiJson(body.toString('utf8')) : decodeLokiProtobuf(body);
    if (!ingest.store.append('logs', lokiRows(streams), body.length)) throw new BusyError();
    response.status(204).end();
  });

  router.post('/ingest', readBytes, async (request, response) => {
    const body = bytesOf(request);
    const rows = await pyroscopeRows(request.query, body, request.headers['content-type'] ?? '');
    if (!ingest.store.append('profiles', rows, body.length)) throw new BusyError();
    response.status(200).end();
  });
}

/** Grafana Faro, from browsers. Alloy answers the same. */
function faroRoute(router: Router, ingest: Ingest, origins: readonly string[]): void {
  const fromPages = cors({ origins, methods: ['POST'], headers: FARO_HEADERS, exposed: ['Retry-After'] });
  const readJson = express.raw({ type: () => true, limit: MAX_FARO_BYTES });
  router.options('/collect', fromPages, (_request, response) => {
    response.status(204).end();
  });
  router.post('/collect', fromPages, readJson, (request, response) => {
    // Only JSON needs a browser to ask first: with a type that does not, any page could send what it likes.
    if (mediaType(request) !== JSON_TYPE)
      return sendProblem(response, 415, 'Unsupported media type', `expected ${JSON_TYPE}`);
    storeFaro(ingest, bytesOf(request));
    response.status(202).type('text').send('ok');
  });
}

/**
 * OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 *
 * Errors have a google.rpc.Status as their body, in the encoding of the request.
 */
function receiveOtlp(ingest: Ingest, signal: Signal): RequestHandler {
  return (request, response) => {
    const body = bytesOf(request);
    const type = mediaType(request);
    if (type !== JSON_TYPE && type !== PROTOBUF_TYPE) return unsupported(response);
    try {
      if (type === JSON_TYPE) {
        const result = storeOtlp(ingest, signal, decodeJson(signal, body.toString('utf8')), body.length);
        response.json(responseAsJson(signal, result));
      } else {
        const result = storeOtlp(ingest, signal, decodeProtobuf(signal, body), body.length);
        response.type(PROTOBUF_TYPE).send(encodeResponse(result));
      }
    } catch (error) {
      const { status, detail } = problemOf(error);
      if (status === 500) throw error;
      if (status === 429) response.set('retry-after', RETRY_AFTER);
      response.status(status).type(type);
      const code = status === 429 ? grpcStatus.UNAVAILABLE : grpcStatus.INVALID_ARGUMENT;
      response.send(type === JSON_TYPE ? JSON.stringify({ code, message: detail }) : encodeStatus(code, detail));
    }
  };
}

function bytesOf(request: Request): Buffer<ArrayBuffer> {
  return Buffer.isBuffer(request.body) ? (request.body as Buffer<ArrayBuffer>) : Buffer.alloc(0);
}

function mediaType(request: Request): string {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function unsupported(response: Response): void {
  sendProblem(response, 415, 'Unsupported media type', `expected ${PROTOBUF_TYPE} or ${JSON_TYPE}`);
}
