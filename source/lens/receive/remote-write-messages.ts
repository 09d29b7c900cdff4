import { loadProto } from '@mythical/common/proto';
import { uncompress } from 'snappyjs';
import type { MetricType } from '../store/schema.ts';
import type { Int64 } from './otlp-messages.ts';
import { decoding, MAX_PAYLOAD_BYTES } from './payload.ts';

/**
 * Prometheus remote write 1.0 and 2.0 in one shape: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/
 *
 * A series may have several entries in a request: Prometheus sends its samples and exemplars separately.
 */
export type WriteRequest = {
  series: WrittenSeries[];
  /** By metric family. In 1.0, types are sent separately from samples, by default once a minute. */
  types: Map<string, MetricType>;
};
export type WrittenSeries = {
  /** undefined if the references to symbols are invalid. */
  labels: Label[] | undefined;
  samples: WrittenSample[];
  histograms: NativeHistogram[];
  exemplars: { labels: Label[] | undefined; value: number; timestamp: Int64 }[];
  /** undefined if the entry doesn't have one. */
  type: MetricType | undefined;
  /** Applies to all samples. From senders older than 2.0-rc.4. */
  startTimestamp?: Int64;
};
export type Label = { name: string; value: string };
type WrittenSample = { value: Bits; timestamp: Int64; startTimestamp: Int64 };

/** A float64 as bits, to tell a stale marker from other NaNs. */
export type Bits = { low: number; high: number };

export type Span = { offset: number; length: number };
export type NativeHistogram = {
  count?: 'countInt' | 'countFloat';
  countInt: Int64;
  countFloat: number;
  sum: Bits;
  schema: number;
  zeroThreshold: number;
  zeroCountInt: Int64;
  zeroCountFloat: number;
  negativeSpans: Span[];
  negativeDeltas: Int64[];
  negativeCounts: number[];
  positiveSpans: Span[];
  positiveDeltas: Int64[];
  positiveCounts: number[];
  timestamp: Int64;
  customValues: number[];
  startTimestamp: Int64;
};

const root = loadProto(new URL('remote-write.proto', import.meta.url));
const MESSAGES = {
  'prometheus.WriteRequest': root.lookupType('WriteRequest'),
  'io.prometheus.write.v2.Request': root.lookupType('Request'),
};

/** The names in the Content-Type header. */
export type MessageName = keyof typeof MESSAGES;
export const MESSAGE_NAMES = Object.keys(MESSAGES) as MessageName[];

/** Both versions use the same numbers. */
const TYPES: MetricType[] = ['unknown', 'counter', 'gauge', 'histogram', 'histogram', 'summary', 'info', 'gauge'];

type MessageV1 = {
  timeseries: Omit<WrittenSeries, 'type'>[];
  metadata: { type: number; metricFamilyName: string }[];
};
type MessageV2 = {
  symbols: string[];
  timeseries: (Pick<WrittenSeries, 'samples' | 'histograms'> & {
    labelsRefs: number[];
    exemplars: { labelsRefs: number[]; value: number; timestamp: Int64 }[];
    metadata: { type: number } | null;
    createdTimestamp: Int64;
  })[];
};

/** @throws {PayloadError} */
export function decodeRemoteWrite(name: MessageName, compressed: Uint8Array): WriteRequest {
  const message = decoding(`${name}, compressed with snappy`, () =>
    MESSAGES[name].decode(uncompress(compressed, MAX_PAYLOAD_BYTES)),
  ) as unknown;
  return name === 'prometheus.WriteRequest' ? fromV1(message as MessageV1) : fromV2(message as MessageV2);
}

function fromV1({ timeseries, metadata }: MessageV1): WriteRequest {
  return {
    series: timeseries.map((series) => ({ ...series, type: undefined })),
    types: new Map(metadata.map(({ metricFamilyName, type }) => [metricFamilyName, TYPES[type] ?? 'unknown'])),
  };
}

function fromV2({ symbols, timeseries }: MessageV2): WriteRequest {
  const series = timeseries.map(
    ({ labelsRefs, samples, histograms, exemplars, metadata, createdTimestamp }): WrittenSeries => ({
      labels: labelsOf(labelsRefs, symbols),
      samples,
      histograms,
      exemplars: exemplars.map(({ labelsRefs, value, timestamp }) => ({
        labels: labelsOf(labelsRefs, symbols),
        value,
        timestamp,
      })),
      type: metadata?.type ? TYPES[metadata.type] : undefined,
      startTimestamp: createdTimestamp,
    }),
  );
  return { series, types: new Map() };
}

/** References alternate between names and values. */
function labelsOf(refs: number[], symbols: string[]): Label[] | undefined {
  if (refs.length % 2 !== 0 || refs.some((ref) => ref >= symbols.length)) return undefined;
  return Array.from({ length: refs.length / 2 }, (_, index) => ({
    name: symbols[refs[index * 2]!]!,
    value: symbols[refs[index * 2 + 1]!]!,
  }));
}

const bits = new DataView(new ArrayBuffer(8));

export function numberOf({ low, high }: Bits): number {
  bits.setInt32(0, high);
  bits.setInt32(4, low);
  return bits.getFloat64(0);
}

/** A stale marker ends a series: https://prometheus.io/docs/specs/prw/remote_write_spec/#stale-markers */
export function isStaleMarker({ low, high }: Bits): boolean {
  return high === 0x7ff00000 && low === 2;
}
