import { HttpProblem, methodNotAllowed } from '@mythical/common/http/problem';
import type { ErrorRequestHandler, Request, RequestHandler, Response, Router } from 'express';
import { BusyError, PayloadError } from '../receive/payload.ts';
import { summaryOf } from '../receive/refused.ts';
import { createRemoteWrite, type RemoteWriteIngest } from '../receive/remote-write.ts';
import { MESSAGE_NAMES, type MessageName } from '../receive/remote-write-messages.ts';
import type { Written } from '../receive/remote-write-rows.ts';
import { RETRY_LATER } from './problem.ts';
import { bytesOf, hasType, ignoreSnappyEncoding, PROTOBUF_TYPE, readBytes, unsupportedType } from './request.ts';

/** The paths of Prometheus and Mimir. */
const PATHS = ['/api/v1/write', '/api/v1/push'];

/** Prometheus remote write 1.0 and 2.0: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/ */
export function remoteWriteRoutes(router: Router, ingest: RemoteWriteIngest): void {
  const store = createRemoteWrite(ingest);
  router
    .route(PATHS)
    .post(onlySnappy, ignoreSnappyEncoding, readBytes, async (request, response) => {
      const name = messageName(request);
      setWritten(response, name, { samples: 0, histograms: 0, exemplars: 0 });
      const { written, refused } = await store(name, bytesOf(request));
      setWritten(response, name, written);
      if (refused.length > 0) throw new PayloadError(summaryOf(refused, 'series'));
      response.status(204).end();
    })
    .all(methodNotAllowed('POST'))
    .all(answerBusy);
}

const onlySnappy: RequestHandler = (request, _response, next) => {
  const encoding = request.headers['content-encoding']?.toLowerCase() || 'snappy';
  next(encoding === 'snappy' ? undefined : new HttpProblem(415, `expected Content-Encoding snappy, not ${encoding}`));
};

/** 1.0 if there is no parameter `proto`. */
function messageName(request: Request): MessageName {
  const [, name = 'prometheus.WriteRequest'] =
    /;\s*proto="?([^";\s]*)/i.exec(request.headers['content-type'] ?? '') ?? [];
  const known = MESSAGE_NAMES.find((message) => message === name);
  if (!hasType(request, PROTOBUF_TYPE) || known === undefined) {
    throw unsupportedType(...MESSAGE_NAMES.map((message) => `${PROTOBUF_TYPE};proto=${message}`));
  }
  return known;
}

/** Only for 2.0, like Prometheus. */
function setWritten(response: Response, name: MessageName, { samples, histograms, exemplars }: Written): void {
  if (name !== 'io.prometheus.write.v2.Request') return;
  response.set({
    'X-Prometheus-Remote-Write-Samples-Written': String(samples),
    'X-Prometheus-Remote-Write-Histograms-Written': String(histograms),
    'X-Prometheus-Remote-Write-Exemplars-Written': String(exemplars),
  });
}

/** Prometheus retries after 5xx, but by default drops samples after 429. */
const answerBusy: ErrorRequestHandler = (error, _request, _response, next) => {
  next(error instanceof BusyError ? new HttpProblem(503, error.message, RETRY_LATER) : error);
};
