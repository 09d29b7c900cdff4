import { diag } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } from '@opentelemetry/otlp-grpc-exporter-base';
import type { Resource } from '@opentelemetry/resources';
import { decodeExportResponse, EXPORT_METHODS, EXPORT_REQUESTS } from '../otlp.ts';
import { encodeMessage } from '../proto.ts';
import type { MetricsSettings, OtlpSettings } from '../settings.ts';
import type { Metrics } from './metrics.ts';
import { type OtlpRoute, otlpRoute } from './otlp-endpoint.ts';
import { keyValues, type OtlpMetric, otlpMetric } from './otlp-metrics-data.ts';
import { createRetryingExporter } from './retrying-exporter.ts';

/**
 * Sends what is in the registry by OTLP, in regular intervals until disposed, and then once more.
 *
 * The SDK's exporters would drop the exemplars: its serializer doesn't write them. What is theirs here is the transport, with
 * its variables for headers, certificates and compression.
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
      if (code !== ExportResultCode.SUCCESS) throw error ?? new Error('no reason was given');
    } catch (error) {
      // The counts of the next export have all of it.
      diag.error(`metrics could not be sent: ${error instanceof Error ? error.message : error}`);
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
      await underWay;
      await exportAll();
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
