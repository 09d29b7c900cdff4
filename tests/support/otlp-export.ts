import { gunzipSync } from 'node:zlib';
import { decodeProtobuf } from '../../source/lens/receive/otlp-messages.ts';

/** The ids of the spans in a gRPC call of OTLP's `Export`. */
export function spansOfExport(frame: Buffer): string[] {
  const isCompressed = frame[0] === 1;
  const message = frame.subarray(5, 5 + frame.readUInt32BE(1));
  const { resourceSpans } = decodeProtobuf('traces', isCompressed ? gunzipSync(message) : message);
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map(({ spanId }) => spanId.toString('hex'));
}
