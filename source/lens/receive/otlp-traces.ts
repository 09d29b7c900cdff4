import type { SpanRow } from '../store/schema.ts';
import type { PartialSuccess, Requests, Span } from './otlp-messages.ts';
import {
  type Attributes,
  attributesOf,
  hexId,
  isZero,
  micros,
  millisBetween,
  now,
  resourceOf,
  text,
} from './otlp-values.ts';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

/** Rejects spans without a 16-byte trace id and an 8-byte span id, because they can't be displayed. */
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
  const traceId = hexId(span.traceId, 16);
  const spanId = hexId(span.spanId, 8);
  if (traceId === null || spanId === null) return undefined;
  const attributes = attributesOf(span.attributes);
  const { start, durationMs, warning } = timesOf(span);
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: hexId(span.parentSpanId, 8),
    service,
    name: span.name,
    kind: KINDS[span.kind] ?? 'unspecified',
    start_time: start,
    duration_ms: durationMs,
    status: STATUSES[span.status?.code ?? 0] ?? 'unset',
    status_message: span.status?.message ?? '',
    beast: first(attributes, 'beast', 'endpoint'),
    http_method: first(attributes, 'http.method', 'http.request.method'),
    http_target: first(attributes, 'http.target', 'url.path'),
    http_status_code: statusCode(attributes),
    version: first(attributes, 'service.version'),
    attributes: JSON.stringify(warning === undefined ? attributes : { ...attributes, 'lens.warning': warning }),
    resource,
    events: span.events.length === 0 ? '[]' : JSON.stringify(span.events.map(eventOf)),
    links: span.links.length === 0 ? '[]' : JSON.stringify(span.links.map(linkOf)),
  };
}

/** Durations are never negative: impossible times get a warning among the span's attributes. */
function timesOf({ startTimeUnixNano: start, endTimeUnixNano: end }: Span): {
  start: bigint;
  durationMs: number;
  warning?: string;
} {
  if (isZero(start)) {
    return { start: isZero(end) ? now() : micros(end), durationMs: 0, warning: 'the span has no start time' };
  }
  if (isZero(end)) return { start: micros(start), durationMs: 0, warning: 'the span has no end time' };
  const durationMs = millisBetween(start, end);
  if (durationMs >= 0) return { start: micros(start), durationMs };
  return { start: micros(start), durationMs: 0, warning: `the span ends ${-durationMs} ms before it starts` };
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
    trace_id: hexId(link.traceId, 16),
    span_id: hexId(link.spanId, 8),
    attributes: attributesOf(link.attributes),
  };
}

/** In the format of query results, with microseconds. */
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

/** A number, or a string of digits from older instrumentations. */
function statusCode(attributes: Attributes): number | null {
  const code = attributes['http.status_code'] ?? attributes['http.response.status_code'];
  const given = typeof code === 'number' || typeof code === 'string' ? String(code) : '';
  return /^\d{1,3}$/.test(given) ? Number(given) : null;
}
