import { randomBytes } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import { EXPORT_METHODS } from '@mythical/common/otlp';

// OTLP requests: their bodies in JSON, and a call that sends bytes over gRPC.

export const randomId = (bytes: 8 | 16): string => randomBytes(bytes).toString('hex');

export const nanoseconds = (milliseconds = Date.now()): string => `${milliseconds}000000`;

export const keyValues = (record: Record<string, string>) =>
  Object.entries(record).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** A span of this moment, unless `fields` has other times. */
export const span = (name: string, fields: object = {}) => ({
  traceId: randomId(16),
  spanId: randomId(8),
  name,
  kind: 1,
  startTimeUnixNano: nanoseconds(),
  endTimeUnixNano: nanoseconds(),
  ...fields,
});

/** The body of a request to `/v1/traces`. */
export const spansOf = (service: string, spans: object[]) => ({
  resourceSpans: [{ resource: resourceOf(service), scopeSpans: [{ scope: { name: 'test' }, spans }] }],
});

/** The body of a request to `/v1/logs`, with lines as they are, or whole records. */
export const logsOf = (service: string, records: (string | object)[]) => ({
  resourceLogs: [{ resource: resourceOf(service), scopeLogs: [{ logRecords: records.map(recordOf) }] }],
});

export const resourceOf = (service: string) => ({ attributes: keyValues({ 'service.name': service }) });

const recordOf = (record: string | object) =>
  typeof record === 'string'
    ? { timeUnixNano: nanoseconds(), severityText: 'INFO', body: { stringValue: record } }
    : record;

/** Requests with items of one scope, of a resource without attributes. */
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
