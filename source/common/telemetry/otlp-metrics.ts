import { diag } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } from '@opentelemetry/otlp-grpc-exporter-base';
import type { Resource } from '@opentelemetry/resources';
import { messageOf } from '../error-message.ts';
import { decodeExportResponse, EXPORT_METHODS, EXPORT_REQUESTS } from '../otlp.ts';
import { encodeMessage } from '../proto.ts';
import type { MetricsSettings, OtlpSettings } from '../settings.ts';
import type { Metrics } from './metrics.ts';
import { type OtlpRoute, otlpRoute } from './otlp-endpoint.ts';
import { keyValues, type OtlpMetric, otlpMetric } from './otlp-metrics-data.ts';
import { createRetryingExporter } from './retrying-exporter.ts';

/**
 * Exports the registry via OTLP at a fixed interval, and once more when disposed.
 *
 * The SDK's OTLP serializer drops exemplars, so only its transport is used here, which also reads the standard variables for headers,
 * certificates and compression.
 */
export function startMetricsExport(
  resource: Resource,
  settings: OtlpSettings & MetricsSettings,
  { registry }: Metrics,
  stopping: AbortSignal,
): AsyncDisposable {
  const exporter = createRetryingExporter<OtlpMetric>(
    () => createExporter(resource, otlpRoute(settings, 'metrics')),
    stopping,
  );

  async function exportAll(): Promise<void> {
    try {
      const period = { start: performance.timeOrigin, now: Date.now() };
      const metrics = (await registry.getMetricsAsJSON()).flatMap((metric) => otlpMetric(metric, period) ?? []);
      const { code, error } = await new Promise<ExportResult>((done) => exporter.export(metrics, done));
      if (code !== ExportResultCode.SUCCESS) throw error ?? new Error('unknown reason');
    } catch (error) {
      // The next export makes up for it, because values are cumulative.
      diag.error(`metrics export failed: ${messageOf(error)}`);
    }
  }

  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => {
    underWay ??= exportAll().finally(() => {
      underWay = undefined;
    });
  }, settings.OTEL_METRIC_EXPORT_INTERVAL).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all([underWay, exportAll()]);
      await exporter.shutdown();
    },
  };
}

const COUNTING = { name: 'metric_data_point', countItems: (metrics: OtlpMetric[]) => metrics.length } as const;

function createExporter(resource: Resource, { protocol, ...config }: OtlpRoute) {
  const serializer = {
    serializeRequest: (metrics: OtlpMetric[]) =>
      encodeMessage(EXPORT_REQUESTS.metrics, {
        resourceMetrics: [{ resource: { attributes: keyValues(resource.attributes) }, scopeMetrics: [{ metrics }] }],
      }),
    deserializeResponse: decodeExportResponse,
  };
  if (protocol === 'grpc') {
    const options = convertLegacyOtlpGrpcOptions(config, 'METRICS');
    const type = 'otlp_grpc_metric_exporter';
    const method = EXPORT_METHODS.metrics;
    return createOtlpGrpcExportDelegate(options, serializer, type, COUNTING, undefined, 'MetricsExportService', method);
  }
  const headers = { 'Content-Type': 'application/x-protobuf' };
  const options = convertLegacyHttpOptions(config, 'METRICS', 'v1/metrics', headers);
  return createOtlpHttpExportDelegate(options, serializer, 'otlp_http_metric_exporter', COUNTING, undefined);
}
