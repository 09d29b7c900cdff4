import { gunzipSync } from 'node:zlib';
import { uncompress } from 'snappyjs';
import { WRITE_REQUEST } from '../../source/cloud-check/samples.ts';
import { decodeLokiJson, decodeLokiProtobuf } from '../../source/lens/receive/loki-push.ts';
import { decodeProtobuf } from '../../source/lens/receive/otlp-messages.ts';

// Decodes the requests that a backend receives.

/** The span IDs in an OTLP gRPC `Export` call: its message follows a compression byte and its length. */
export function spanIdsOf(frame: Buffer): string[] {
  const message = frame.subarray(5, 5 + frame.readUInt32BE(1));
  const { resourceSpans } = decodeProtobuf('traces', frame[0] === 1 ? gunzipSync(message) : message);
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map(({ spanId }) => spanId.toString('hex'));
}

/** The lines in an OTLP log request. */
export function linesOf(message: Buffer): string[] {
  return decodeProtobuf('logs', message)
    .resourceLogs.flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords)
    .map(({ body }) => body?.stringValue ?? '');
}

/** The lines in a Loki push. */
export function linesOfLoki(body: Buffer, type = ''): string[] {
  const { streams } = /json/.test(type) ? decodeLokiJson(body.toString()) : decodeLokiProtobuf(body);
  return streams.flatMap(({ entries }) => entries.map(({ line }) => line));
}

type WriteRequest = { timeseries: { labels: { name: string; value: string }[]; samples: { value: number }[] }[] };

/** The values of the series `outage_scrapes` in a remote write. */
export function scrapesOf(compressed: Buffer): number[] {
  const { timeseries } = WRITE_REQUEST.decode(uncompress(compressed)) as unknown as WriteRequest;
  return (
    timeseries
      .filter(({ labels }) => labels.some(({ name, value }) => name === '__name__' && value === 'outage_scrapes'))
      .flatMap(({ samples }) => samples.map(({ value }) => value))
      // NaN means that the target is gone.
      .filter((value) => !Number.isNaN(value))
  );
}
