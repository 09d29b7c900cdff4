import { randomBytes } from 'node:crypto';
import { EXPORT_METHODS, EXPORT_REQUESTS, type OtlpSignal } from '@mythical/common/otlp';
import { encodeMessage } from '@mythical/common/proto';
import { keyValues } from '@mythical/common/telemetry/otlp-metrics-data';
import {
  Function as Called,
  Line,
  Location,
  Profile,
  Sample as ProfileSample,
  StringTable,
  ValueType,
} from 'pprof-format';
import type { Sample } from '../../source/cloud-check/samples.ts';

export const KINDS = ['log', 'gauge', 'counter', 'histogram', 'trace', 'profile'] as const;
export type Kind = (typeof KINDS)[number];

export type Item = {
  kind: Kind;
  signal: OtlpSignal | 'profiles';
  /** 32 hexadecimal digits: a trace's ID, part of a log line, or the label `push_id`. */
  id: string;
  sample: Sample;
};

/** `service.name` of all items. */
export const SERVICE = 'push';

export function createItem(kind: Kind, protocol: 'grpc' | 'http/protobuf', now = Date.now()): Item {
  const id = randomBytes(16).toString('hex');
  if (kind === 'profile') return { kind, signal: 'profiles', id, sample: profile(id, now) };
  const { signal, message } = OTLP_ITEMS[kind](id, `${now}000000`);
  const path = protocol === 'grpc' ? EXPORT_METHODS[signal] : `/v1/${signal}`;
  const headers = { 'content-type': 'application/x-protobuf' };
  return { kind, signal, id, sample: { path, headers, body: encodeMessage(EXPORT_REQUESTS[signal], message) } };
}

type OtlpItem = { signal: OtlpSignal; message: Record<string, unknown> };

const RESOURCE = { attributes: keyValues({ 'service.name': SERVICE }) };

const OTLP_ITEMS: Record<Exclude<Kind, 'profile'>, (id: string, now: string) => OtlpItem> = {
  log: (id, now) => {
    const body = { stringValue: `npm run push: ${id}` };
    const record = { timeUnixNano: now, observedTimeUnixNano: now, severityNumber: 9, severityText: 'INFO', body };
    return {
      signal: 'logs',
      message: { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords: [record] }] }] },
    };
  },
  gauge: (id, now) => metric({ name: 'push_gauge', gauge: { dataPoints: [{ ...point(id, now), asDouble: 1 }] } }),
  counter: (id, now) =>
    metric({
      name: 'push_counter',
      sum: { dataPoints: [{ ...point(id, now), asDouble: 1 }], isMonotonic: true, ...CUMULATIVE },
    }),
  histogram: (id, now) => {
    const counts = { count: 1, sum: 0.3, explicitBounds: [0.1, 1, 10], bucketCounts: [0, 1, 0, 0] };
    return metric({
      name: 'push_histogram',
      histogram: { dataPoints: [{ ...point(id, now), ...counts }], ...CUMULATIVE },
    });
  },
  trace: (id, now) => {
    const times = { startTimeUnixNano: String(BigInt(now) - 1_000_000n), endTimeUnixNano: now };
    const span = { traceId: Buffer.from(id, 'hex'), spanId: randomBytes(8), name: 'push', kind: 1, ...times };
    return { signal: 'traces', message: { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans: [span] }] }] } };
  },
};

const CUMULATIVE = { aggregationTemporality: 2 };

const point = (id: string, now: string) => ({
  startTimeUnixNano: now,
  timeUnixNano: now,
  attributes: keyValues({ push_id: id }),
});

function metric(metric: object): OtlpItem {
  return {
    signal: 'metrics',
    message: { resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ metrics: [metric] }] }] },
  };
}

/** One stack of 10 ms, for Pyroscope's ingest API: profiles in OTLP are experimental. */
function profile(id: string, now: number): Sample {
  const stringTable = new StringTable();
  const text = (word: string) => stringTable.dedup(word);
  const type = new ValueType({ type: text('cpu'), unit: text('nanoseconds') });
  const pprof = new Profile({
    stringTable,
    sampleType: [type],
    periodType: type,
    period: 10_000_000,
    timeNanos: BigInt(now) * 1_000_000n,
    durationNanos: 10_000_000,
    function: [new Called({ id: 1, name: text('push') })],
    location: [new Location({ id: 1, line: [new Line({ functionId: 1 })] })],
    sample: [new ProfileSample({ locationId: [1], value: [10_000_000] })],
  });
  const seconds = Math.floor(now / 1000);
  const query = new URLSearchParams({
    name: `${SERVICE}{service_name=${SERVICE},push_id=${id}}`,
    format: 'pprof',
    from: String(seconds - 1),
    until: String(seconds),
  });
  const headers = { 'content-type': 'application/octet-stream' };
  return { path: `/ingest?${query}`, headers, body: Buffer.from(pprof.encode()) };
}
