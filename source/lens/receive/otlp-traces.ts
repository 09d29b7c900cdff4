import type { SpanRow } from '../store/schema.ts';
import type { PartialSuccess, Requests, Span } from './otlp-messages.ts';
import { type Attributes, attributesOf, hexId, micros, millisBetween, resourceOf, text } from './otlp-values.ts';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

/** Spans without a trace id of 16 bytes and a span id of 8 are rejected: they can't be shown anywhere. */
export function spanRows(request: Requests['traces']): { rows: SpanRow[] } & PartialSuccess {
  const rows: SpanRow[] = [];
  let rejected = 0;
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const { service, json } = resourceOf(resource);
    for (const { spans } of scopeSpans) {
      for (const span of spans) {
        const row = spanRow(span, service, json);
        if (row) rows.push(row);
        else rejected += 1;
      }
    }
  }
  return { rows, rejected, errorMessage: rejected === 0 ? '' : 'a span needs a trace_id and a span_id' };
}

function spanRow(span: Span, service: string, resource: string): SpanRow | undefined {
  const traceId = span.traceId.length === 16 ? hexId(span.traceId) : null;
  const spanId = span.spanId.length === 8 ? hexId(span.spanId) : null;
  if (traceId === null || spanId === null) return undefined;
  const attributes = attributesOf(span.attributes);
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: hexId(span.parentSpanId),
    service,
    name: span.name,
    kind: KINDS[span.kind] ?? 'unspecified',
    start_time: micros(span.startTimeUnixNano),
    duration_ms: millisBetween(span.startTimeUnixNano, span.endTimeUnixNano),
    status: STATUSES[span.status?.code ?? 0] ?? 'unset',
    status_message: span.status?.message ?? '',
    beast: first(attributes, 'beast', 'endpoint'),
    http_method: first(attributes, 'http.method', 'http.request.method'),
    http_target: first(attributes, 'http.target', 'url.path'),
    http_status_code: statusCode(attributes),
    version: first(attributes, 'service.version'),
    attributes: JSON.stringify(attributes),
    resource,
    events: span.events.length === 0 ? '[]' : JSON.stringify(span.events.map(eventOf)),
    links: span.links.length === 0 ? '[]' : JSON.stringify(span.links.map(linkOf)),
  };
}

function eventOf(event: Span['events'][number]) {
  return {
    name: event.name,
    time: isoTime(micros(event.timeUnixNano)),
    attributes: attributesOf(event.attributes),
  };
}

function linkOf(link: Span['links'][number]) {
  return {
    trace_id: hexId(link.traceId),
    span_id: hexId(link.spanId),
    attributes: attributesOf(link.attributes),
  };
}

/** As query results show times: with microseconds. */
function isoTime(time: bigint): string | null {
  const date = new Date(Number(time / 1000n));
  if (Number.isNaN(date.getTime())) return null;
  return `${date.toISOString().slice(0, -1)}${String(time % 1000n).padStart(3, '0')}Z`;
}

function first(attributes: Attributes, ...keys: string[]): string | null {
  for (const key of keys) {
    const value = text(attributes[key]);
    if (value !== null) return value;
  }
  return null;
}

function statusCode(attributes: Attributes): number | null {
  const code = Number(attributes['http.status_code'] ?? attributes['http.response.status_code'] ?? Number.NaN);
  return Number.isInteger(code) && code >= 0 && code < 1000 ? code : null;
}
