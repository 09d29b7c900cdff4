import { cors } from '@mythical/common/http/cors';
import express, { type Router } from 'express';
import { storeFaro } from '../receive/faro.ts';
import { MAX_FARO_BYTES } from '../receive/faro-payload.ts';
import { storeLoki } from '../receive/loki.ts';
import { decodeLokiJson, decodeLokiProtobuf } from '../receive/loki-push.ts';
import { BusyError } from '../receive/payload.ts';
import { pyroscopeRows } from '../receive/pyroscope-ingest.ts';
import type { RemoteWriteIngest } from '../receive/remote-write.ts';
import { otlpRoutes } from './otlp-routes.ts';
import { remoteWriteRoutes } from './remote-write-routes.ts';
import {
  bytesOf,
  hasType,
  ignoreSnappyEncoding,
  JSON_TYPE,
  PROTOBUF_TYPE,
  readBytes,
  unsupportedType,
} from './request.ts';

type ReceiverOptions = {
  ingest: RemoteWriteIngest;
  /** Origins of pages that may send telemetry. */
  faroOrigins: readonly string[];
  announce: (message: string) => void;
};

export function receiverRoutes(router: Router, { ingest, faroOrigins, announce }: ReceiverOptions): void {
  otlpRoutes(router, ingest, announce);
  faroRoute(router, ingest, faroOrigins);
  remoteWriteRoutes(router, ingest);

  router.post('/loki/api/v1/push', ignoreSnappyEncoding, readBytes, (request, response) => {
    const body = bytesOf(request);
    if (hasType(request, JSON_TYPE)) storeLoki(ingest, decodeLokiJson(body.toString('utf8')), body.length);
    else if (hasType(request, PROTOBUF_TYPE)) storeLoki(ingest, decodeLokiProtobuf(body), body.length);
    else throw unsupportedType(PROTOBUF_TYPE, JSON_TYPE);
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
 * The headers that Alloy 1.18's `faro.receiver` allows, and no more: a Faro SDK that Alloy would reject (2.12 with its
 * Idempotency-Key) must fail here too.
 */
const FARO_HEADERS = [
  'content-type',
  'content-encoding',
  'traceparent',
  'x-api-key',
  'x-faro-session-id',
  'x-scope-orgid',
];

/** Grafana Faro, with the same responses as Alloy. */
function faroRoute(router: Router, ingest: RemoteWriteIngest, origins: readonly string[]): void {
  const fromPages = cors({ origins, methods: ['POST'], headers: FARO_HEADERS, exposed: ['Retry-After'] });
  const readJson = express.raw({ type: () => true, limit: MAX_FARO_BYTES });
  router.options('/collect', fromPages, (_request, response) => {
    response.status(204).end();
  });
  router.post('/collect', fromPages, readJson, (request, response) => {
    // JSON requires a CORS preflight; other content types would let any page send telemetry.
    if (!hasType(request, JSON_TYPE)) throw unsupportedType(JSON_TYPE);
    storeFaro(ingest, bytesOf(request));
    response.status(202).type('text').send('ok');
  });
}
