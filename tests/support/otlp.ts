import * as grpc from '@grpc/grpc-js';
import { EXPORT_METHODS } from '@mythical/common/otlp';

// OTLP/JSON requests with the items of one resource and scope.

export const spansRequest = (...spans: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
export const logsRequest = (...logRecords: object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
export const metricsRequest = (...metrics: object[]) => ({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });

/** Sends bytes to the gRPC method for traces. @returns the response's bytes, or the status if the call failed */
export async function exportBytes(url: string, bytes: Buffer): Promise<Buffer | grpc.status> {
  const client = new grpc.Client(new URL(url).host, grpc.credentials.createInsecure());
  const asIs = (message: Buffer) => message;
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(EXPORT_METHODS.traces, asIs, asIs, bytes, (error, value) =>
        resolve(error?.code ?? value!),
      );
    });
  } finally {
    client.close();
  }
}
