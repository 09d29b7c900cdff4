import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { envDetector } from '@opentelemetry/resources';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { ServiceName } from '../services.ts';
import type { TelemetrySettings } from '../settings.ts';
import { logSdkDiagnostics } from './diagnostics.ts';
import { type Identity, identify, resourceOf } from './identity.ts';
import { createLogging, type Logger } from './logging.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { otlpEndpoint } from './otlp-endpoint.ts';
import { type Profiling, startProfiling } from './profiling.ts';
import { createSelfObservability } from './self-observability.ts';
import { createInstrumentations, createSpanProcessors } from './tracing.ts';

/** Everything that a service emits signals with. Disposing sends what waits, profiles and logs first, spans last. */
export type Telemetry = {
  identity: Identity;
  logger: Logger;
  metrics: Metrics;
  profiling: Profiling;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Starts all signals of a service. Modules that are to be traced (express, pg, amqplib) must be imported after it, so
 * a service's `main.ts` imports the service itself dynamically.
 */
export function startTelemetry(serviceName: ServiceName, settings: TelemetrySettings): Telemetry {
  const resources = new AsyncDisposableStack();
  const identity = identify(serviceName, settings);
  const metrics = createMetrics();
  const selfObservability = createSelfObservability(metrics);

  const sdk = new NodeSDK({
    resource: resourceOf(identity),
    resourceDetectors: [envDetector],
    ...(settings.OTEL_TRACES_EXPORTER === 'none'
      ? { spanProcessors: [] }
      : {
          instrumentations: createInstrumentations(),
          spanProcessors: createSpanProcessors(identity, settings, selfObservability),
        }),
    logRecordProcessors:
      settings.OTEL_LOGS_EXPORTER === 'none'
        ? []
        : [
            new BatchLogRecordProcessor({
              exporter: new OTLPLogExporter({ url: otlpEndpoint(settings) }),
              scheduledDelayMillis: 1000,
            }),
          ],
    metricReaders: [],
  });
  sdk.start();
  resources.defer(async () => {
    // A collector that is away is no reason to call the stop of a service a failure.
    await sdk
      .shutdown()
      .catch((error: unknown) => console.error(`telemetry was lost at the stop: ${messageOf(error)}`));
  });

  const logging = resources.use(createLogging(identity, settings, metrics));
  logSdkDiagnostics(logging.logger);
  const profiling = resources.use(startProfiling(identity, settings));

  return {
    identity,
    logger: logging.logger,
    metrics,
    profiling,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
