import { randomBytes } from 'node:crypto';
import { encodeProtobuf, messageType } from './protobuf.ts';
import type { Sample } from './sample.ts';

const EXPORT_REQUEST = messageType('../../common/otlp.proto', 'ExportTraceServiceRequest');
const INTERNAL_SPAN = 1;

/** A trace of one span, of the service `cloud-check`, as a gRPC call of OTLP. */
export function tracesSample(now: Date): Sample {
  const milliseconds = now.getTime();
  const serviceName = { key: 'service.name', value: { stringValue: 'cloud-check' } };
  const span = {
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    name: 'cloud-check',
    kind: INTERNAL_SPAN,
    startTimeUnixNano: `${milliseconds - 1}000000`,
    endTimeUnixNano: `${milliseconds}000000`,
  };
  const resourceSpans = { resource: { attributes: [serviceName] }, scopeSpans: [{ spans: [span] }] };
  return {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    headers: { 'content-type': 'application/grpc', te: 'trailers' },
    body: grpcFrame(encodeProtobuf(EXPORT_REQUEST, { resourceSpans: [resourceSpans] })),
  };
}

/** gRPC puts a byte before each message that says whether it is compressed, and its length. */
function grpcFrame(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
