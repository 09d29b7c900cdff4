import { EXPORT_REQUESTS, OTLP, type OtlpSignal } from '@mythical/common/otlp';
import { decoding } from './payload.ts';

/** Decoded OTLP messages, see `otlp.proto`. Absent scalars have their default, absent messages are null. */
export type Signal = OtlpSignal;

export type Requests = {
  traces: { resourceSpans: ResourceSpans[] };
  logs: { resourceLogs: ResourceLogs[] };
  metrics: { resourceMetrics: ResourceMetrics[] };
};

/** A 64-bit integer, as protobufjs decodes it. */
export type Int64 = { low: number; high: number; unsigned: boolean; toNumber(): number };

export type AnyValue = {
  value?: 'stringValue' | 'boolValue' | 'intValue' | 'doubleValue' | 'arrayValue' | 'kvlistValue' | 'bytesValue';
  stringValue: string;
  boolValue: boolean;
  intValue: Int64;
  doubleValue: number;
  arrayValue: { values: AnyValue[] };
  kvlistValue: { values: KeyValue[] };
  bytesValue: Buffer;
};
export type KeyValue = { key: string; value: AnyValue | null };
export type Resource = { attributes: KeyValue[] };

type ResourceSpans = { resource: Resource | null; scopeSpans: { spans: Span[] }[] };
export type Span = {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId: Buffer;
  name: string;
  kind: number;
  startTimeUnixNano: Int64;
  endTimeUnixNano: Int64;
  attributes: KeyValue[];
  events: { timeUnixNano: Int64; name: string; attributes: KeyValue[] }[];
  links: { traceId: Buffer; spanId: Buffer; attributes: KeyValue[] }[];
  status: { message: string; code: number } | null;
};

type ResourceLogs = { resource: Resource | null; scopeLogs: { logRecords: LogRecord[] }[] };
export type LogRecord = {
  timeUnixNano: Int64;
  observedTimeUnixNano: Int64;
  severityNumber: number;
  severityText: string;
  body: AnyValue | null;
  attributes: KeyValue[];
  traceId: Buffer;
  spanId: Buffer;
};

type ResourceMetrics = { resource: Resource | null; scopeMetrics: { metrics: Metric[] }[] };
export type Metric = {
  name: string;
  unit: string;
  data?: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';
  gauge: { dataPoints: NumberDataPoint[] };
  sum: { dataPoints: NumberDataPoint[]; aggregationTemporality: number; isMonotonic: boolean };
  histogram: { dataPoints: HistogramDataPoint[]; aggregationTemporality: number };
  exponentialHistogram: { dataPoints: ExponentialHistogramDataPoint[]; aggregationTemporality: number };
  summary: { dataPoints: SummaryDataPoint[] };
};
type NumberValue = { value?: 'asDouble' | 'asInt'; asDouble: number; asInt: Int64 };
export type DataPoint = { timeUnixNano: Int64; attributes: KeyValue[]; flags: number };
export type Exemplar = NumberValue & { timeUnixNano: Int64; spanId: Buffer; traceId: Buffer };
export type NumberDataPoint = DataPoint & NumberValue & { exemplars: Exemplar[] };
type Distribution = DataPoint & {
  count: Int64;
  /** An own property only if it was sent. */
  sum: number;
  exemplars: Exemplar[];
};
export type HistogramDataPoint = Distribution & { bucketCounts: Int64[]; explicitBounds: number[] };
export type ExponentialHistogramDataPoint = Distribution & {
  scale: number;
  zeroCount: Int64;
  zeroThreshold: number;
  positive: { offset: number; bucketCounts: Int64[] } | null;
  negative: { offset: number; bucketCounts: Int64[] } | null;
};
export type SummaryDataPoint = DataPoint & {
  count: Int64;
  sum: number;
  quantileValues: { quantile: number; value: number }[];
};

/** The receiver's response; `rejected` is 0 if everything was stored. */
export type PartialSuccess = { rejected: number; errorMessage: string };

const RESPONSE = OTLP.lookupType('ExportServiceResponse');
const STATUS = OTLP.lookupType('Status');

/** @throws {PayloadError} */
export function decodeProtobuf<S extends Signal>(signal: S, body: Uint8Array): Requests[S] {
  return decoding('OTLP protobuf', () => EXPORT_REQUESTS[signal].decode(body) as unknown as Requests[S]);
}

/** The specification requires an empty message if nothing was rejected. */
export function encodeResponse(partialSuccess: PartialSuccess): Buffer {
  return Buffer.from(RESPONSE.encode(partialSuccess.rejected === 0 ? {} : { partialSuccess }).finish());
}

/** Encodes a google.rpc.Status. @param code a gRPC status code */
export function encodeStatus(code: number, message: string): Buffer {
  return Buffer.from(STATUS.encode({ code, message }).finish());
}
