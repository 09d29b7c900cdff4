import { type Logger, type MeterProvider, SeverityNumber } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as HttpExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { BatchLogRecordProcessor, type LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { OtlpSettings } from '../settings.ts';
import type { Level, LogEntry } from './log-entry.ts';
import { otlpRoute } from './otlp-endpoint.ts';
import { createRetryingExporter } from './retrying-exporter.ts';

const EXPORT_INTERVAL_MS = 1_000;

const SEVERITY: Record<Level, SeverityNumber> = {
  error: SeverityNumber.ERROR,
  warn: SeverityNumber.WARN,
  info: SeverityNumber.INFO,
  debug: SeverityNumber.DEBUG,
};

/**
 * Emits to the OpenTelemetry logs API directly. The usual way, instrumentation-winston, silently loses every record
 * with SDK 3.x: its transport still uses the logs API of 2.x.
 */
export function emitLogRecord(logger: Logger, entry: LogEntry): void {
  logger.emit({
    timestamp: new Date(entry.time.getTime() + entry.offsetMs),
    severityNumber: SEVERITY[entry.level],
    severityText: entry.level.toUpperCase(),
    body: entry.line,
    attributes: { ...entry.fields, ...(entry.kind && { [entry.kind.tag]: entry.kind.value }) },
  });
}

/** Batches log records in a bounded queue and exports them via OTLP. */
export function createLogRecordProcessor(
  settings: OtlpSettings,
  selfObsMeterProvider: MeterProvider,
  stopping: AbortSignal,
): LogRecordProcessor {
  const { protocol, ...config } = otlpRoute(settings, 'logs');
  const Exporter = protocol === 'grpc' ? GrpcExporter : HttpExporter;
  const exporter = createRetryingExporter(() => new Exporter(config), stopping);
  return new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: EXPORT_INTERVAL_MS, selfObsMeterProvider });
}
