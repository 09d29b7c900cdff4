import { hostInUrl } from '../http/address.ts';
import type { TracingSettings } from '../settings.ts';

/** Where OTLP/gRPC goes, as a URL. */
export function otlpEndpoint(settings: TracingSettings): string {
  return (
    settings.OTEL_EXPORTER_OTLP_ENDPOINT ??
    `http://${hostInUrl(settings.TRACING_COLLECTOR_HOST)}:${settings.TRACING_COLLECTOR_PORT}`
  );
}
