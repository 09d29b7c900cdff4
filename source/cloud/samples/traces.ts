import { randomBytes } from 'node:crypto';
import { bytesField, fixed64Field, message, varintField } from './protobuf.ts';
import type { Sample } from './sample.ts';

const INTERNAL_SPAN = 1n;

/** A trace of one span, of the service `cloud-check`, as a gRPC call of OTLP. */
export function tracesSample(now: Date): Sample {
  const nanoseconds = BigInt(now.getTime()) * 1_000_000n;
  const serviceName = message(bytesField(1, 'service.name'), bytesField(2, bytesField(1, 'cloud-check')));
  const span = message(
    bytesField(1, randomBytes(16)),
    bytesField(2, randomBytes(8)),
    bytesField(5, 'cloud-check'),
    varintField(6, INTERNAL_SPAN),
    fixed64Field(7, nanoseconds - 1_000_000n),
    fixed64Field(8, nanoseconds),
  );
  const resourceSpans = message(bytesField(1, bytesField(1, serviceName)), bytesField(2, bytesField(2, span)));
  return {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    headers: { 'content-type': 'application/grpc', te: 'trailers' },
    body: grpcFrame(bytesField(1, resourceSpans)),
  };
}

/** gRPC puts a byte before each message that says whether it is compressed, and its length. */
function grpcFrame(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
