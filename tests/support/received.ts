import { gunzipSync } from 'node:zlib';
import { uncompress } from 'snappyjs';
import { WRITE_REQUEST } from '../../source/cloud-check/samples.ts';
import { decodeProtobuf } from '../../source/lens/receive/otlp-messages.ts';

// What is in the requests that a backend gets.

/** The message of a gRPC call is behind a byte that says whether it is compressed, and its length. */
export function messageOfCall(frame: Buffer): { isGzip: boolean; message: Buffer } {
  return { isGzip: frame[0] === 1, message: frame.subarray(5, 5 + frame.readUInt32BE(1)) };
}

/** The ids of the spans in a call of OTLP's `Export`. */
export function spanIdsOf(frame: Buffer): string[] {
  const { isGzip, message } = messageOfCall(frame);
  const { resourceSpans } = decodeProtobuf('traces', isGzip ? gunzipSync(message) : message);
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map(({ spanId }) => spanId.toString('hex'));
}

/** The lines in an OTLP request for logs. */
export function linesOf(message: Buffer): string[] {
  return decodeProtobuf('logs', message)
    .resourceLogs.flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords)
    .map(({ body }) => body?.stringValue ?? '');
}

type WriteRequest = { timeseries: { labels: { name: string; value: string }[]; samples: { value: number }[] }[] };

/** The values of the series `outage_scrapes` in a remote write. */
export function scrapesOf(compressed: Buffer): number[] {
  const { timeseries } = WRITE_REQUEST.decode(uncompress(compressed)) as unknown as WriteRequest;
  return (
    timeseries
      .filter(({ labels }) => labels.some(({ name, value }) => name === '__name__' && value === 'outage_scrapes'))
      .flatMap(({ samples }) => samples.map(({ value }) => value))
      // Not a number says that the target is gone.
      .filter((value) => !Number.isNaN(value))
  );
}
