import { type DataPoint, DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { Counter, Gauge } from 'prom-client';
import type { Metrics } from './metrics.ts';

/**
 * Exposes the OpenTelemetry SDK's own metrics for span and log processors on `/metrics`, including drops:
 * https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
const SHOWN = [
  {
    source: 'otel.sdk.processor.span.processed',
    type: Counter,
    name: 'otel_sdk_processor_span_processed',
    help: 'Finished spans that were exported or lost; error_type is the reason for a loss',
  },
  {
    source: 'otel.sdk.processor.span.queue.size',
    type: Gauge,
    name: 'otel_sdk_processor_span_queue_size',
    help: 'Finished spans waiting to be exported',
  },
  {
    source: 'otel.sdk.processor.span.queue.capacity',
    type: Gauge,
    name: 'otel_sdk_processor_span_queue_capacity',
    help: 'Capacity of the span queue; further spans are dropped',
  },
  {
    source: 'otel.sdk.processor.log.processed',
    type: Counter,
    name: 'otel_sdk_processor_log_processed',
    help: 'Log records that were exported or lost; error_type is the reason for a loss',
  },
] as const;

/** Collects only on demand. */
class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** A meter provider whose metrics appear in the given registry. */
export function createSelfObservability({ registry }: Metrics): MeterProvider {
  const reader = new PullReader();
  const provider = new MeterProvider({ readers: [reader] });
  for (const { source, type: Metric, name, help } of SHOWN) {
    new Metric({
      name,
      help,
      labelNames: ['error_type'],
      registers: [registry],
      async collect(this: Counter<'error_type'> | Gauge<'error_type'>) {
        this.reset();
        for (const { attributes, value } of await readSum(reader, source)) {
          const errorType = attributes['error.type'];
          this.inc(errorType === undefined ? {} : { error_type: String(errorType) }, value);
        }
      },
    });
  }
  return provider;
}

async function readSum(reader: MetricReader, name: string): Promise<DataPoint<number>[]> {
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .filter((metric) => metric.descriptor.name === name)
    .flatMap((metric) => (metric.dataPointType === DataPointType.SUM ? metric.dataPoints : []));
}
