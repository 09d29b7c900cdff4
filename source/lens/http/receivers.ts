import { status as grpcStatus } from '@grpc/grpc-js';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
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

export function receiverRoutes(router: Router, ingest: Ingest): void {
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    router.post(`/v1/${signal}`, readBytes, receiveOtlp(ingest, signal));
  }

  router.post('/loki/api/v1/push', readBytes, (request, response) => {
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
