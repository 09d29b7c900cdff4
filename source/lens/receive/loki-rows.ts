import type { LogRow } from '../store/schema.ts';
import type { Labels, LokiStream } from './loki-push.ts';

export function lokiRows(streams: readonly LokiStream[]): LogRow[] {
  return streams.flatMap(({ labels, entries }) => {
    const service = labels.service_name || labels.job || 'unknown_service';
    const labelsJson = JSON.stringify(labels);
    return entries.map(({ time, line, metadata }): LogRow => {
      const hasMetadata = Object.keys(metadata).length > 0;
      const given = hasMetadata ? { ...labels, ...metadata } : labels;
      return {
        time,
        service,
        level: (given.level || given.detected_level || logfmtValue(line, LEVEL) || 'unknown').toLowerCase(),
        trace_id: traceIdOf(metadata, line),
        span_id: spanIdOf(metadata, line),
        body: line,
        attributes: hasMetadata ? JSON.stringify(given) : labelsJson,
        source: 'loki',
      };
    });
  });
}

const LEVEL = /(?:^|\s)level="?([a-zA-Z]+)/;
const TRACE_ID = /(?:^|\s)(?:traceID|traceId|trace_id)="?([0-9a-fA-F]{32})(?![0-9a-fA-F])/;
const SPAN_ID = /(?:^|\s)(?:spanID|spanId|span_id)="?([0-9a-fA-F]{16})(?![0-9a-fA-F])/;

function traceIdOf(metadata: Labels, line: string): string | null {
  const id = metadata.traceID || metadata.trace_id || metadata.traceId || logfmtValue(line, TRACE_ID);
  return id?.toLowerCase() || null;
}

function spanIdOf(metadata: Labels, line: string): string | null {
  const id = metadata.spanID || metadata.span_id || metadata.spanId || logfmtValue(line, SPAN_ID);
  return id?.toLowerCase() || null;
}

function logfmtValue(line: string, field: RegExp): string | undefined {
  return field.exec(line)?.[1];
}
