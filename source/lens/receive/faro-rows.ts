import { type Fields, formatLogfmt } from '@mythical/common/telemetry/logfmt';
import type { LogRow, MetricRow } from '../store/schema.ts';
import type { FaroException, FaroLog, FaroMeta, FaroPayload } from './faro-payload.ts';

type Item = Pick<FaroLog, 'timestamp' | 'trace'>;

/**
 * A log line per exception, log, measurement and event, with the same field names as Alloy writes to Loki, so that
 * queries carry over: `kind=exception type=… stacktrace=… session_id=… page_url=…`.
 */
export function faroLogRows({ meta, exceptions, logs, measurements, events }: FaroPayload): LogRow[] {
  const metaFields = fieldsOfMeta(meta);
  const attributes = JSON.stringify(metaFields);
  const row = ({ timestamp, trace }: Item, level: string, kind: string, fields: Fields): LogRow => ({
    time: micros(timestamp),
    service: serviceOf(meta),
    level,
    trace_id: hexId(trace?.trace_id, 32),
    span_id: hexId(trace?.span_id, 16),
    body: formatLogfmt({
      timestamp,
      ...given({ kind, ...fields, traceID: trace?.trace_id, spanID: trace?.span_id }),
      ...metaFields,
    }),
    attributes,
    source: 'faro',
  });
  return [
    ...logs.map((item) => {
      const { message, level, context } = item;
      return row(item, level?.toLowerCase() || 'info', 'log', { message, level, ...prefixed('context_', context) });
    }),
    ...exceptions.map((item) => {
      const { type, value, context } = item;
      const fields = { type, value, stacktrace: stackOf(item), ...prefixed('context_', context) };
      return row(item, 'error', 'exception', fields);
    }),
    ...measurements.map((item) => {
      const { type, values, context } = item;
      return row(item, 'info', 'measurement', { type, ...values, ...prefixed('context_', context) });
    }),
    ...events.map((item) => {
      const { name: event_name, domain: event_domain, attributes } = item;
      return row(item, 'info', 'event', { event_name, event_domain, ...prefixed('event_data_', attributes) });
    }),
  ];
}

function serviceOf({ app }: FaroMeta): string {
  return app?.name || 'unknown_service';
}

/** The other values of a web vital explain it; they are only in the log line. */
const WEB_VITALS = new Set(['cls', 'fcp', 'fid', 'inp', 'lcp', 'ttfb']);

/** A sample per measured value, such as `faro_web_vitals_lcp` in ms, with the trace as its exemplar. */
export function faroMetricRows({ meta, measurements }: FaroPayload): MetricRow[] {
  return measurements.flatMap((measurement) => {
    const { type, values, timestamp, trace, context } = measurement;
    const time = micros(timestamp);
    const labels = given({
      app_version: meta.app?.version,
      browser_name: meta.browser?.name,
      page: pathOf(meta.page?.url),
      rating: context?.rating === undefined ? undefined : String(context.rating),
    });
    const measured = Object.entries(values).filter(([key]) => type !== 'web-vitals' || WEB_VITALS.has(key));
    return measured.map(
      ([key, value]): MetricRow => ({
        time,
        service: serviceOf(meta),
        name: `faro_${type}_${key}`.replace(/[^a-zA-Z0-9_]/g, '_').toLowerCase(),
        type: 'gauge',
        labels: JSON.stringify(labels),
        value,
        exemplar_trace_id: hexId(trace?.trace_id, 32),
        exemplar_span_id: hexId(trace?.span_id, 16),
        exemplar_value: trace ? value : null,
        exemplar_time: trace ? time : null,
      }),
    );
  });
}

/** In the format of browsers, innermost function first. */
function stackOf({ type, value, stacktrace }: FaroException): string {
  const frames = (stacktrace?.frames ?? []).map((frame) => {
    const module = frame.module ? `${frame.module}|` : '';
    return `\n  at ${frame.function ?? ''} (${module}${frame.filename ?? ''}:${frame.lineno ?? 0}:${frame.colno ?? 0})`;
  });
  return `${type}: ${value}${frames.join('')}`;
}

function fieldsOfMeta({ sdk, app, user, session, page, browser, view }: FaroMeta): Fields {
  return given({
    ...prefixed('sdk_', sdk),
    ...prefixed('app_', app),
    ...prefixed('user_', user),
    session_id: session?.id,
    ...prefixed('session_attr_', session?.attributes),
    ...prefixed('page_', page),
    ...prefixed('browser_', browser),
    ...prefixed('view_', view),
  });
}

function prefixed(prefix: string, values: Record<string, unknown> | undefined): Fields {
  const entries = Object.entries(values ?? {}).map(([key, value]) => [
    // Keys must be valid in logfmt.
    `${prefix}${key.replace(/[^\w.]/g, '_')}`,
    typeof value === 'object' ? JSON.stringify(value) : value === undefined ? undefined : String(value),
  ]);
  return Object.fromEntries(entries) as Fields;
}

/** Removes undefined and empty fields. */
function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}

function hexId(id: string | undefined, digits: 16 | 32): string | null {
  return id !== undefined && id.length === digits && /^[0-9a-f]+$/i.test(id) ? id.toLowerCase() : null;
}

function micros(timestamp: string): bigint {
  return BigInt(Date.parse(timestamp)) * 1000n;
}

function pathOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : undefined;
}
