import { loadProto } from './proto.ts';

/** The messages of OTLP. */
export const OTLP = loadProto(new URL('otlp.proto', import.meta.url));

export type OtlpSignal = 'traces' | 'logs' | 'metrics';

export const EXPORT_REQUESTS = {
  traces: OTLP.lookupType('ExportTraceServiceRequest'),
  logs: OTLP.lookupType('ExportLogsServiceRequest'),
  metrics: OTLP.lookupType('ExportMetricsServiceRequest'),
};

/** The path of a call over gRPC. Over HTTP it is /v1/ and the name of the signal. */
export const EXPORT_METHODS: Record<OtlpSignal, string> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

export type PartialSuccess = { rejected: { toNumber(): number }; errorMessage: string };

/** What a receiver answers. Without a partial success it took all. */
export function decodeExportResponse(body: Uint8Array): { partialSuccess?: PartialSuccess | null } {
  return OTLP.lookupType('ExportServiceResponse').decode(body) as unknown as { partialSuccess?: PartialSuccess | null };
}
