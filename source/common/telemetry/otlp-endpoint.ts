import { hostInUrl } from '../http/address.ts';
import type { OtlpSignal } from '../otlp.ts';
import { TELEMETRY_PORTS } from '../services.ts';
import type { OtlpSettings } from '../settings.ts';
import { EXPORT_TIMEOUT_MS } from './retrying-exporter.ts';

export type OtlpProtocol = OtlpSettings['OTEL_EXPORTER_OTLP_PROTOCOL'];

/** How and where a signal is exported; `url` and `timeoutMillis` are options of the SDK's exporters. */
export type OtlpRoute = { protocol: OtlpProtocol; url: string; timeoutMillis: number };

/** See https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
export function otlpRoute(settings: OtlpSettings, signal: OtlpSignal): OtlpRoute {
  const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase() as Uppercase<OtlpSignal>}` as const;
  const protocol = settings[`${prefix}_PROTOCOL`] ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL;
  const base = settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? collectorUrl(settings, protocol);
  const url = protocol === 'grpc' ? base : `${base.replace(/\/$/, '')}/v1/${signal}`;
  return { protocol, url: settings[`${prefix}_ENDPOINT`] ?? url, timeoutMillis: EXPORT_TIMEOUT_MS };
}

function collectorUrl(
  { TRACING_COLLECTOR_HOST: host, TRACING_COLLECTOR_PORT: port }: OtlpSettings,
  protocol: OtlpProtocol,
) {
  return `http://${hostInUrl(host)}:${port ?? TELEMETRY_PORTS[protocol === 'grpc' ? 'otlpGrpc' : 'otlpHttp']}`;
}
