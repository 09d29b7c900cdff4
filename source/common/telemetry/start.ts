import type { MeterProvider } from '@opentelemetry/api';
import type { NodeSDK as Sdk } from '@opentelemetry/sdk-node';
import { messageOf } from '../error-message.ts';
import type { ServiceName } from '../services.ts';
import type { TelemetrySettings } from '../settings.ts';
import { withTimeout } from '../timeout.ts';
import { createContextManager } from './context-manager.ts';
import { logSdkDiagnostics } from './diagnostics.ts';
import { type Identity, identify, identityWarnings, resourceOf } from './identity.ts';
import { createLogging, type Logger } from './logging.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createLogRecordProcessor } from './otlp-logs.ts';
import { startMetricsExport } from './otlp-metrics.ts';
import { createOutlet, type Outlet } from './outlet.ts';
import { type Profiling, profilingMode, startProfiling } from './profiling.ts';
import { NodeSDK } from './sdk.ts';
import { createSelfObservability } from './self-observability.ts';
import { createSpanProfiles, SPAN_PROFILES_SUPPORTED, type SpanProfiles } from './span-profiles.ts';
import { createInstrumentations, createSpanProcessors } from './tracing.ts';

/** All signals of a service. Disposing flushes them. */
export type Telemetry = {
  identity: Identity;
  logger: Logger;
  metrics: Metrics;
  profiling: Profiling;
  outlet: Outlet;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Time limit for the flush on shutdown, in ms: well within the deadline of the whole shutdown. */
const STOP_TIMEOUT_MS = 7_000;

/**
 * Starts all signals of a service. Instrumented modules (express, pg, amqplib) must be imported after this, so each
 * `main.ts` imports its service dynamically.
 */
export function startTelemetry(serviceName: ServiceName, settings: TelemetrySettings): Telemetry {
  const identity = identify(serviceName, settings);
  const metrics = createMetrics({ exposed: settings.OTEL_METRICS_EXPORTER.includes('prometheus') });
  const outlet = createOutlet();
  const stopping = new AbortController();
  const spanProfiles = wantsSpanProfiles(settings) && SPAN_PROFILES_SUPPORTED ? createSpanProfiles() : undefined;
  const sdk = startSdk(identity, settings, createSelfObservability(metrics), spanProfiles, outlet, stopping.signal);
  const logging = createLogging(identity, settings, metrics, outlet);
  logSdkDiagnostics(logging.logger);
  for (const warning of identityWarnings(identity)) logging.logger.warn(warning);
  const profiling = startProfiling(identity, settings, spanProfiles);
  const metricsExport = settings.OTEL_METRICS_EXPORTER.includes('otlp')
    ? startMetricsExport(resourceOf(identity), settings, metrics, stopping.signal)
    : undefined;
  if (wantsSpanProfiles(settings) && !SPAN_PROFILES_SUPPORTED) {
    logging.logger.info("profiles aren't linked to spans: span profiles need Linux or macOS");
  }

  return {
    identity,
    logger: logging.logger,
    metrics,
    profiling,
    outlet,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await flushAll(
        profiling[Symbol.asyncDispose](),
        logging[Symbol.asyncDispose](),
        sdk.shutdown(),
        metricsExport?.[Symbol.asyncDispose](),
      );
    },
  };
}

/** Span profiles need both traces and profiles. */
function wantsSpanProfiles(settings: TelemetrySettings): boolean {
  return settings.SPAN_PROFILES && settings.OTEL_TRACES_EXPORTER !== 'none' && profilingMode(settings) !== 'off';
}

function startSdk(
  identity: Identity,
  settings: TelemetrySettings,
  selfObservability: MeterProvider,
  spanProfiles: SpanProfiles | undefined,
  outlet: Outlet,
  stopping: AbortSignal,
): Sdk {
  const sdk = new NodeSDK({
    resource: resourceOf(identity),
    // Our settings already parsed OTEL_RESOURCE_ATTRIBUTES.
    resourceDetectors: [],
    ...(settings.OTEL_TRACES_EXPORTER === 'none'
      ? { spanProcessors: [] }
      : {
          instrumentations: createInstrumentations(),
          spanProcessors: [
            ...(spanProfiles ? [spanProfiles.spanProcessor] : []),
            ...createSpanProcessors(identity, settings, selfObservability, outlet, stopping),
          ],
          contextManager: spanProfiles?.contextManager ?? createContextManager(),
        }),
    logRecordProcessors:
      settings.OTEL_LOGS_EXPORTER === 'none' ? [] : [createLogRecordProcessor(settings, selfObservability, stopping)],
    metricReaders: [],
  });
  sdk.start();
  return sdk;
}

/** An unavailable collector must neither fail nor delay a service's shutdown. */
async function flushAll(...flushes: (PromiseLike<unknown> | undefined)[]): Promise<void> {
  const results = await withTimeout(Promise.allSettled(flushes), STOP_TIMEOUT_MS);
  if (!results) console.error(`telemetry was lost on shutdown: no response within ${STOP_TIMEOUT_MS} ms`);
  for (const result of results ?? []) {
    if (result.status === 'rejected') console.error(`telemetry was lost on shutdown: ${messageOf(result.reason)}`);
  }
}
