import type { IncomingMessage } from 'node:http';
import type { MeterProvider, Span } from '@opentelemetry/api';
import { getNodeAutoInstrumentations, type InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { register as registerModuleHook } from 'import-in-the-middle/register-hooks.mjs';
import { isPreflight } from '../http/cors.ts';
import type { OtlpSettings, TracingSettings } from '../settings.ts';
import { createKindSpanProcessor } from './baggage.ts';
import type { Identity } from './identity.ts';
import { otlpRoute } from './otlp-endpoint.ts';
import { createRetryingExporter } from './retrying-exporter.ts';

/** Paths that probes and collectors ask for every few seconds: a trace of each would only be noise. */
const UNTRACED = /^\/(healthz|readyz|metrics|debug\/pprof)/;

/**
 * The instrumentations of the libraries in use, by name: the full set would add some 30 that never fire.
 *
 * Our dashboards group by `http.method`, `http.target` and `http.status_code`, the attribute names that HTTP semantic
 * conventions had before 1.20, so they are set beside the current ones.
 */
const INSTRUMENTATIONS = {
  '@opentelemetry/instrumentation-http': {
    // All our outgoing HTTP is fetch, which is undici; profile pushes use node:http and are not part of any action.
    disableOutgoingRequestInstrumentation: true,
    // A preflight is the browser's own question, outside of the trace of the request that it asks about.
    ignoreIncomingRequestHook: (request) => UNTRACED.test(request.url ?? '') || isPreflight(request),
    startIncomingSpanHook: (request) => ({ 'http.method': request.method ?? '' }),
    applyCustomAttributesOnSpan: (span, request, response) => {
      setStatusCode(span, response.statusCode ?? 0);
      span.setAttribute('http.target', targetOf(request as RoutedRequest, response.statusCode ?? 0));
    },
  },
  '@opentelemetry/instrumentation-undici': {
    // Only requests made within an action, not for example the push of logs.
    requireParentforSpans: true,
    startSpanHook: (request) => ({
      'http.method': request.method,
      'http.target': request.path.split('?')[0] ?? '',
    }),
    responseHook: (span, { response }) => setStatusCode(span, response.statusCode),
  },
  '@opentelemetry/instrumentation-express': {
    // It gives the server span its `http.route`. Spans of its own, for each middleware and handler, would only cost: a
    // tenth of the throughput for what the server span tells already.
    ignoreLayersType: ['middleware', 'router', 'request_handler'] as never,
  },
  '@opentelemetry/instrumentation-pg': {
    // Polling of a queue and other housekeeping is not part of an action.
    requireParentSpan: true,
    ignoreConnectSpans: true,
  },
  '@opentelemetry/instrumentation-amqplib': {},
} satisfies InstrumentationConfigMap;

/** What Express leaves at a request that a route handled; not its parameters, which are gone after an error. */
type RoutedRequest = IncomingMessage & { route?: { path: string } };

/**
 * The route with its parameters, where something is there; else `none`. Span metrics make a label of it, and the paths
 * that somebody may try have no end. `url.path` has each as it was asked for.
 */
function targetOf({ url = '', route }: RoutedRequest, statusCode: number): string {
  if (route === undefined || statusCode === 404) return 'none';
  const segments = url.split('?')[0]!.split('/');
  return route.path
    .split('/')
    .map((segment, index) => (segment.startsWith(':') ? decodeURIComponent(segments[index] ?? '') : segment))
    .join('/');
}

function setStatusCode(span: Span, statusCode: number): void {
  span.setAttribute('http.status_code', statusCode);
}

/**
 * Prepares tracing: from here on, modules that are loaded are instrumented. Has to come before express, pg and amqplib
 * are imported.
 */
export function createInstrumentations() {
  // Puts the instrumentations' hook between ES module imports and the modules, in this thread (needs Node 24.11.1+).
  registerModuleHook();
  const chosen = INSTRUMENTATIONS as InstrumentationConfigMap;
  return getNodeAutoInstrumentations(onlyNamed(chosen));
}

/** `OTEL_NODE_ENABLED_INSTRUMENTATIONS` is how auto-instrumentations are told to leave the others out. */
function onlyNamed(chosen: InstrumentationConfigMap): InstrumentationConfigMap {
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= Object.keys(chosen)
    .map((name) => name.replace('@opentelemetry/instrumentation-', ''))
    .join(',');
  return chosen;
}

/** The way of a finished span: it gets its kind, waits in a bounded queue, and leaves in a batch by OTLP. */
export function createSpanProcessors(
  identity: Identity,
  settings: OtlpSettings & TracingSettings,
  selfObsMeterProvider: MeterProvider,
  stopping: AbortSignal,
): SpanProcessor[] {
  const { protocol, ...config } = otlpRoute(settings, 'traces');
  const Exporter = protocol === 'grpc' ? GrpcExporter : HttpExporter;
  const exporter = createRetryingExporter(() => new Exporter(config), stopping);
  return [
    createKindSpanProcessor(identity.vocabulary),
    new BatchSpanProcessor({
      exporter,
      scheduledDelayMillis: settings.OTEL_BSP_SCHEDULE_DELAY,
      maxQueueSize: settings.OTEL_BSP_MAX_QUEUE_SIZE,
      maxExportBatchSize: settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
      selfObsMeterProvider,
    }),
  ];
}
