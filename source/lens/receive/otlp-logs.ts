import type { LogRow } from '../store/schema.ts';
import type { LogRecord, PartialSuccess, Requests } from './otlp-messages.ts';
import { attributesOf, hexId, isZero, micros, now, plainValue, resourceOf } from './otlp-values.ts';

/**
 * Each level covers four severity numbers:
 * https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export function logRows(request: Requests['logs']): { rows: LogRow[] } & PartialSuccess {
  const rows: LogRow[] = [];
  for (const { resource, scopeLogs } of request.resourceLogs) {
    const { service } = resourceOf(resource);
    for (const { logRecords } of scopeLogs) {
      for (const record of logRecords) rows.push(logRow(record, service));
    }
  }
  return { rows, rejected: 0, errorMessage: '' };
}

function logRow(record: LogRecord, service: string): LogRow {
  return {
    time: timeOf(record),
    service,
    level: levelOf(record),
    trace_id: hexId(record.traceId, 16),
    span_id: hexId(record.spanId, 8),
    body: bodyOf(record),
    attributes: JSON.stringify(attributesOf(record.attributes)),
    source: 'otlp',
  };
}

function timeOf({ timeUnixNano, observedTimeUnixNano }: LogRecord): bigint {
  if (!isZero(timeUnixNano)) return micros(timeUnixNano);
  return isZero(observedTimeUnixNano) ? now() : micros(observedTimeUnixNano);
}

function levelOf({ severityText, severityNumber }: LogRecord): string {
  if (severityText !== '') return severityText.toLowerCase();
  return LEVELS[Math.floor((severityNumber - 1) / 4)] ?? 'unknown';
}

function bodyOf({ body }: LogRecord): string {
  const value = body === null ? '' : plainValue(body);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
