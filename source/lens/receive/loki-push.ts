import { loadProto } from '@mythical/common/proto';
import { uncompress } from 'snappyjs';
import { z } from 'zod';
import type { LogRow } from '../store/schema.ts';
import { decoding, MAX_PAYLOAD_BYTES, PayloadError } from './payload.ts';

/** A push to Loki's API: https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs */
export type LokiStream = { labels: Record<string, string>; entries: LokiEntry[] };
export type LokiEntry = { time: bigint; line: string; metadata: Record<string, string> };

const jsonPush = z.object({
  streams: z.array(
    z.object({
      stream: z.record(z.string(), z.string()),
      values: z.array(
        z.union([
          z.tuple([z.string().regex(/^\d{1,19}$/), z.string()]),
          z.tuple([z.string().regex(/^\d{1,19}$/), z.string(), z.record(z.string(), z.string())]),
        ]),
      ),
    }),
  ),
});

/** @throws {PayloadError} */
export function decodeLokiJson(text: string): LokiStream[] {
  const json: unknown = decoding('JSON', () => JSON.parse(text));
  const push = jsonPush.safeParse(json);
  if (!push.success) throw new PayloadError(`not a Loki push: ${z.prettifyError(push.error)}`);
  return push.data.streams.map(({ stream, values }) => ({
    labels: stream,
    entries: values.map(([nanos, line, metadata]) => ({ time: BigInt(nanos) / 1000n, line, metadata: metadata ?? {} })),
  }));
}

type ProtoPush = {
  streams: {
    labels: string;
    entries: {
      timestamp: { seconds: { toString(): string }; nanos: number } | null;
      line: string;
      structuredMetadata: { name: string; value: string }[];
    }[];
  }[];
};

const PUSH_REQUEST = loadProto(new URL('loki.proto', import.meta.url)).lookupType('PushRequest');

/** @throws {PayloadError} */
export function decodeLokiProtobuf(compressed: Uint8Array): LokiStream[] {
  return decoding('Loki push (protobuf, compressed with snappy)', () => {
    const message = PUSH_REQUEST.decode(uncompress(compressed, MAX_PAYLOAD_BYTES)) as unknown as ProtoPush;
    return message.streams.map(({ labels, entries }) => ({
      labels: parseLabels(labels),
      entries: entries.map(({ timestamp, line, structuredMetadata }) => ({
        time:
          timestamp === null
            ? BigInt(Date.now()) * 1000n
            : BigInt(timestamp.seconds.toString()) * 1_000_000n + BigInt(Math.floor(timestamp.nanos / 1000)),
        line,
        metadata: Object.fromEntries(structuredMetadata.map(({ name, value }) => [name, value])),
      })),
    }));
  });
}

/** `{a="x", b="y \"quoted\""}` → its pairs. */
export function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const pair = /\s*([a-zA-Z_][a-zA-Z0-9_.]*)\s*=\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*(,|$)/y;
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1]?.trim();
  if (inner === undefined) throw new PayloadError(`not labels: ${text.slice(0, 100)}`);
  while (pair.lastIndex < inner.length) {
    const match = pair.exec(inner);
    if (!match) throw new PayloadError(`not labels: ${text.slice(0, 100)}`);
    labels[match[1]!] = unquote(match[2]!);
  }
  return labels;
}

function unquote(quoted: string): string {
  if (quoted.startsWith('`')) return quoted.slice(1, -1);
  // Go's strconv.Quote writes \x1b and \a, which JSON does not know.
  const asJson = quoted
    .replace(/\\x([0-9a-f]{2})/gi, '\\u00$1')
    .replace(/\\a/g, '\\u0007')
    .replace(/\\v/g, '\\u000b');
  return String(JSON.parse(asJson));
}

export function lokiRows(streams: readonly LokiStream[]): LogRow[] {
  return streams.flatMap(({ labels, entries }) => {
    const service = labels.service_name ?? labels.job ?? 'unknown_service';
    const labelsJson = JSON.stringify(labels);
    return entries.map(({ time, line, metadata }): LogRow => {
      const hasMetadata = Object.keys(metadata).length > 0;
      const given = hasMetadata ? { ...labels, ...metadata } : labels;
      return {
        time,
        service,
        level: (given.level ?? given.detected_level ?? logfmtValue(line, LEVEL) ?? 'unknown').toLowerCase(),
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

function traceIdOf(metadata: Record<string, string>, line: string): string | null {
  const id = metadata.traceID ?? metadata.trace_id ?? metadata.traceId ?? logfmtValue(line, TRACE_ID);
  return id?.toLowerCase() || null;
}

function spanIdOf(metadata: Record<string, string>, line: string): string | null {
  const id = metadata.spanID ?? metadata.span_id ?? metadata.spanId ?? logfmtValue(line, SPAN_ID);
  return id?.toLowerCase() || null;
}

function logfmtValue(line: string, field: RegExp): string | undefined {
  return field.exec(line)?.[1];
}
