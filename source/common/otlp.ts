import { loadProto } from './proto.ts';

export const OTLP = loadProto(new URL('otlp.proto', import.meta.url));

export type OtlpSignal = 'traces' | 'logs' | 'metrics';

export const EXPORT_REQUESTS = {
  traces: OTLP.lookupType('ExportTraceServiceRequest'),
  logs: OTLP.lookupType('ExportLogsServiceRequest'),
  metrics: OTLP.lookupType('ExportMetricsServiceRequest'),
};

/** The gRPC paths. */
export const EXPORT_METHODS: Record<OtlpSignal, string> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

export type PartialSuccess = { rejected: { toNumber(): number }; errorMessage: string };

/** Without a partial success, everything was accepted. */
export function decodeExportResponse(body: Uint8Array): { partialSuccess?: PartialSuccess | null } {
  return OTLP.lookupType('ExportServiceResponse').decode(body) as unknown as { partialSuccess?: PartialSuccess | null };
}

/** The message of a google.rpc.Status. */
export function decodeStatusMessage(body: Uint8Array): string {
  return (OTLP.lookupType('Status').decode(body) as unknown as { message: string }).message;
}
