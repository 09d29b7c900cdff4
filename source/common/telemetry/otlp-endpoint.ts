import { hostInUrl } from '../http/address.ts';
import type { TracingSettings } from '../settings.ts';

/** The OTLP/gRPC endpoint URL. */
export function otlpEndpoint(settings: TracingSettings): string {
  return (
    settings.OTEL_EXPORTER_OTLP_ENDPOINT ??
    `http://${hostInUrl(settings.TRACING_COLLECTOR_HOST)}:${settings.TRACING_COLLECTOR_PORT}`
  );
}
