import { type Faro, getWebInstrumentations, InternalLoggerLevel, initializeFaro } from '@grafana/faro-web-sdk';
import { TracingInstrumentation } from '@grafana/faro-web-tracing';
import type { BrowserConfig } from '@mythical/common/browser-config';
import type { Span } from '@opentelemetry/api';
import type { ActionSpan, Rum } from './rum.ts';

/** The status code `Error`: https://opentelemetry.io/docs/specs/otel/trace/api/#set-status */
const STATUS_ERROR = 2;

/**
 * Starts Grafana Faro: session, page loads, web vitals, errors, console, and traces that continue in the API.
 *
 * @param faroUrl the collector's URL
 */
export function startFaro(config: BrowserConfig, faroUrl: string, apiUrl: string): Rum {
  const faro = initialize(config, faroUrl, apiUrl);
  const otel = faro.api.getOTEL()!;
  const tracer = otel.trace.getTracer(config.app.name);
  return {
    startSpan(name, attributes): ActionSpan {
      const span = tracer.startSpan(name, { attributes, root: true });
      const { traceId, spanId } = span.spanContext();
      const withSpan = otel.trace.setSpan(otel.context.active(), span);
      return {
        traceId,
        spanId,
        run: (start) => otel.context.with(withSpan, start),
        end(error) {
          if (error !== undefined) span.setStatus({ code: STATUS_ERROR, message: error });
          span.end();
        },
      };
    },
    event(name, attributes, { traceId, spanId }) {
      const inTrace = traceId === undefined || spanId === undefined ? {} : { spanContext: { traceId, spanId } };
      // Otherwise Faro would drop identical consecutive actions.
      faro.api.pushEvent(name, attributes, undefined, { ...inTrace, skipDedupe: true });
    },
    error(error, context) {
      faro.api.pushError(error instanceof Error ? error : new Error(String(error)), { context });
    },
    view: (name) => faro.api.setView({ name }),
    get sessionId() {
      return faro.api.getSession()?.id;
    },
  };
}

function initialize({ app, words }: BrowserConfig, url: string, apiUrl: string): Faro {
  /** The frontend's dashboards group by the attribute names of the HTTP semantic conventions before 1.20. */
  function describeRequest(span: Span, method: string, result: unknown): void {
    const fullUrl = (span as unknown as { attributes: Record<string, unknown> }).attributes['url.full'];
    const path = new URL(String(fullUrl), location.href).pathname;
    const kind = words.kinds.find((known) => path === `/${known}`);
    span.setAttribute('http.method', method);
    span.setAttribute('http.target', path);
    if (result instanceof Response) span.setAttribute('http.status_code', result.status);
    if (kind !== undefined) span.setAttribute(words.tag, kind);
  }

  return initializeFaro({
    url,
    app,
    // Users needn't know about an unreachable collector.
    internalLoggerLevel: InternalLoggerLevel.OFF,
    // Excludes polling.
    ignoreUrls: [/\/scenarios\?/, /\/config$/],
    instrumentations: [
      ...getWebInstrumentations(),
      new TracingInstrumentation({
        instrumentationOptions: {
          propagateTraceHeaderCorsUrls: [startsWith(apiUrl)],
          fetchInstrumentationOptions: {
            applyCustomAttributesOnSpan(span, request, result) {
              describeRequest(span as Span, request.method ?? 'GET', result);
            },
          },
        },
      }),
    ],
  });
}

function startsWith(url: string): RegExp {
  return new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}/`);
}
