import { loadProto } from '@mythical/common/proto';
import { uncompress } from 'snappyjs';
import { z } from 'zod';
import { parseLabels } from './loki-labels.ts';
import { now } from './otlp-values.ts';
import { decoding, MAX_PAYLOAD_BYTES, PayloadError, parseJson } from './payload.ts';
import type { Refused } from './refused.ts';

/** A push to Loki's API: https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs */
export type LokiPush = {
  streams: LokiStream[];
  /** Streams that can't be stored; the others are. */
  refused: Refused[];
};
export type LokiStream = { labels: Labels; entries: LokiEntry[] };
export type LokiEntry = { time: bigint; line: string; metadata: Labels };
export type Labels = Record<string, string>;

/** Like Loki, stores non-string values as their JSON text and skips null. */
const labelsInJson = z
  .record(z.string(), z.unknown())
  .transform((labels) =>
    Object.fromEntries(
      Object.entries(labels).flatMap(([name, value]) =>
        value === null ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]],
      ),
    ),
  );

const nanoseconds = z.string().regex(/^-?\d{1,19}$/, 'expected nanoseconds since 1970, as a string');

const jsonPush = z.object({
  streams: z.array(
    z.object({
      stream: labelsInJson,
      values: z.array(z.union([z.tuple([nanoseconds, z.string()]), z.tuple([nanoseconds, z.string(), labelsInJson])])),
    }),
  ),
});

/** @throws {PayloadError} */
export function decodeLokiJson(text: string): LokiPush {
  const push = jsonPush.safeParse(parseJson(text));
  if (!push.success) throw new PayloadError(`not a Loki push: ${z.prettifyError(push.error)}`);
  const streams = push.data.streams.map(({ stream, values }) => ({
    labels: stream,
    entries: values.map(([nanos, line, metadata]) => ({ time: BigInt(nanos) / 1000n, line, metadata: metadata ?? {} })),
  }));
  return { streams, refused: [] };
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

/**
 * In protobuf, each stream's labels are one string, so a stream with invalid labels is refused on its own.
 *
 * @throws {PayloadError}
 */
export function decodeLokiProtobuf(compressed: Uint8Array): LokiPush {
  const { streams } = decoding(
    'Loki push (protobuf, compressed with snappy)',
    () => PUSH_REQUEST.decode(uncompress(compressed, MAX_PAYLOAD_BYTES)) as unknown as ProtoPush,
  );
  const push: LokiPush = { streams: [], refused: [] };
  for (const { labels, entries } of streams) {
    try {
      push.streams.push({ labels: parseLabels(labels), entries: entries.map(entryOf) });
    } catch (error) {
      const reason = `invalid labels ${labels.slice(0, 200)}: ${(error as Error).message}`;
      push.refused.push({ entries: entries.length, reason });
    }
  }
  return push;
}

function entryOf({ timestamp, line, structuredMetadata }: ProtoPush['streams'][number]['entries'][number]): LokiEntry {
  return {
    time:
      timestamp === null
        ? now()
        : BigInt(timestamp.seconds.toString()) * 1_000_000n + BigInt(Math.floor(timestamp.nanos / 1000)),
    line,
    metadata: Object.fromEntries(structuredMetadata.map(({ name, value }) => [name, value])),
  };
}
