import type { IncomingMessage } from 'node:http';
import type { MeterProvider, Span } from '@opentelemetry/api';
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { register as registerModuleHook } from 'import-in-the-middle/register-hooks.mjs';
import { isPreflight } from '../http/cors.ts';
import type { OtlpSettings, TracingSettings } from '../settings.ts';
import { createKindSpanProcessor } from './baggage.ts';
import type { Identity } from './identity.ts';
import { otlpRoute } from './otlp-endpoint.ts';
import { type Outlet, throughOutlet } from './outlet.ts';
import { createRetryingExporter } from './retrying-exporter.ts';
import { getNodeAutoInstrumentations } from './sdk.ts';

/** Probes and collectors request these every few seconds. */
const UNTRACED = /^\/(healthz|readyz|metrics|debug\/)/;

/**
 * The dashboards group by `http.method`, `http.target` and `http.status_code`, the attribute names of the HTTP semantic
 * conventions before 1.20, so these are set in addition to the current ones.
 */
const INSTRUMENTATIONS = {
  '@opentelemetry/instrumentation-http': {
    // All traced outgoing HTTP uses fetch (undici); only profile pushes use node:http.
    disableOutgoingRequestInstrumentation: true,
    // A CORS preflight isn't part of the trace of the request that follows it.
    ignoreIncomingRequestHook: (request) => UNTRACED.test(request.url ?? '') || isPreflight(request),
    startIncomingSpanHook: (request) => ({ 'http.method': request.method ?? '' }),
    applyCustomAttributesOnSpan: (span, request, response) => {
      setStatusCode(span, response.statusCode ?? 0);
      setRoute(span, request as RoutedRequest);
      span.setAttribute('http.target', targetOf(request as RoutedRequest, response.statusCode ?? 0));
    },
  },
  '@opentelemetry/instrumentation-undici': {
    // Skips requests outside of a trace, such as pushes of logs.
    requireParentforSpans: true,
    startSpanHook: (request) => ({
      'http.method': request.method,
      'http.target': request.path.split('?')[0] ?? '',
    }),
    responseHook: (span, { response }) => setStatusCode(span, response.statusCode),
  },
  '@opentelemetry/instrumentation-pg': {
    // Skips queue polling and other housekeeping.
    requireParentSpan: true,
    ignoreConnectSpans: true,
  },
  '@opentelemetry/instrumentation-amqplib': {},
} satisfies InstrumentationConfigMap;

/** What Express leaves on a routed request; `params` isn't available after an error. */
type RoutedRequest = IncomingMessage & { route?: { path: string } };

/**
 * The route with its parameters filled in, or `none` if it doesn't exist: span metrics use this as a label, so
 * arbitrary paths must not end up in it. `url.path` has the path as requested.
 */
function targetOf({ url = '', route }: RoutedRequest, statusCode: number): string {
  if (route === undefined || statusCode === 404) return 'none';
  const segments = url.split('?')[0]!.split('/');
  return route.path
    .split('/')
    .map((segment, index) => (segment.startsWith(':') ? decodeURIComponent(segments[index] ?? '') : segment))
    .join('/');
}

/**
 * What instrumentation-express would do if it ignored all layers, for a fraction of the cost: it wraps each middleware
 * and handler, and matches the route once more for each of them.
 */
function setRoute(span: Span, { method = 'GET', route }: RoutedRequest): void {
  if (route !== undefined) span.setAttribute('http.route', route.path).updateName(`${method} ${route.path}`);
}

function setStatusCode(span: Span, statusCode: number): void {
  span.setAttribute('http.status_code', statusCode);
}

/** Instruments modules that are loaded from now on, so it must run before pg and amqplib are imported. */
export function createInstrumentations() {
  // Hooks into ES module imports in this thread (needs Node 24.11.1+).
  registerModuleHook();
  return getNodeAutoInstrumentations(INSTRUMENTATIONS);
}

/** Adds the kind to finished spans, batches them in a bounded queue and exports them via OTLP. */
export function createSpanProcessors(
  identity: Identity,
  settings: OtlpSettings & TracingSettings,
  selfObsMeterProvider: MeterProvider,
  outlet: Outlet,
  stopping: AbortSignal,
): SpanProcessor[] {
  const { protocol, ...config } = otlpRoute(settings, 'traces');
  const Exporter = protocol === 'grpc' ? GrpcExporter : HttpExporter;
  const exporter = createRetryingExporter(() => new Exporter(config), stopping);
  return [
    createKindSpanProcessor(identity.vocabulary),
    new BatchSpanProcessor({
      exporter: throughOutlet(exporter, outlet),
      scheduledDelayMillis: settings.OTEL_BSP_SCHEDULE_DELAY,
      maxQueueSize: settings.OTEL_BSP_MAX_QUEUE_SIZE,
      maxExportBatchSize: settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
      selfObsMeterProvider,
    }),
  ];
}
