import * as grpc from '@grpc/grpc-js';
import { messageOf } from '@mythical/common/error-message';
import { hostInUrl } from '@mythical/common/http/address';
import { EXPORT_METHODS } from '@mythical/common/otlp';
import { withTimeout } from '@mythical/common/timeout';
import { type Ingest, storeOtlpProtobuf } from './otlp.ts';
import { encodeResponse, type Signal } from './otlp-messages.ts';
import { BusyError, MAX_PAYLOAD_BYTES, PayloadError } from './payload.ts';

type GrpcServer = {
  port: number;
  /** Waits for running calls, then closes all connections. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Exporters keep their connections open, so these are closed after this time. */
const STOP_DEADLINE_MS = 300;

/** OTLP over gRPC: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
export async function listenOtlpGrpc(ingest: Ingest, port: number, address: string): Promise<GrpcServer> {
  const server = new grpc.Server({
    'grpc.max_receive_message_length': MAX_PAYLOAD_BYTES,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.http2.min_ping_interval_without_data_ms': 1000,
  });
  for (const [signal, method] of Object.entries(EXPORT_METHODS) as [Signal, string][]) {
    server.addService({ Export: rawUnaryMethod(method) }, { Export: exportHandler(ingest, signal) });
  }
  const host = hostInUrl(address);
  const boundPort = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(new Error(`OTLP/gRPC can't listen on ${host}:${port}: ${error.message}`)) : resolve(bound),
    );
  });
  return {
    port: boundPort,
    async [Symbol.asyncDispose]() {
      const stopped = new Promise<unknown>((resolve) => server.tryShutdown(resolve));
      // After forceShutdown, tryShutdown doesn't always call back.
      await withTimeout(stopped, STOP_DEADLINE_MS);
      server.forceShutdown();
    },
  };
}

/** Passes raw bytes through, so that the handler picks the status for undecodable messages. */
function rawUnaryMethod(path: string): grpc.MethodDefinition<Buffer, Buffer> {
  const asIs = (bytes: Buffer) => bytes;
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

function exportHandler(ingest: Ingest, signal: Signal): grpc.handleUnaryCall<Buffer, Buffer> {
  return async ({ request }, callback) => {
    try {
      callback(null, encodeResponse(await storeOtlpProtobuf(ingest, signal, request)));
    } catch (error) {
      callback({ code: statusOf(error), details: messageOf(error) });
    }
  };
}

/** The specification lets clients back off and retry on UNAVAILABLE. */
function statusOf(error: unknown): grpc.status {
  if (error instanceof BusyError) return grpc.status.UNAVAILABLE;
  return error instanceof PayloadError ? grpc.status.INVALID_ARGUMENT : grpc.status.INTERNAL;
}
