import { randomBytes } from 'node:crypto';
import { EXPORT_METHODS, EXPORT_REQUESTS } from '@mythical/common/otlp';
import { encodeMessage, loadProto } from '@mythical/common/proto';
import { compress } from 'snappyjs';
import type { Signal } from './fields.ts';

/** A request that tests an endpoint. */
export type Sample = {
  /** Appended to the endpoint's URL; for gRPC, the method. */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
};

export const WRITE_REQUEST = loadProto(new URL('remote-write.proto', import.meta.url)).lookupType('WriteRequest');

export const SAMPLES: Record<Signal, (now: number) => Sample> = { metrics, logs, traces, profiles };

/** One sample of the series `mythical_cloud_check`, in Prometheus remote write format. */
function metrics(now: number): Sample {
  const labels = { __name__: 'mythical_cloud_check', job: 'cloud-check', service_name: 'cloud-check' };
  const series = {
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
    samples: [{ value: 1, timestamp: now }],
  };
  return {
    path: '',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: Buffer.from(compress(encodeMessage(WRITE_REQUEST, { timeseries: [series] }))),
  };
}

/** One line of the stream `{service_name="cloud-check"}`, in the format of Loki's push API. */
function logs(now: number): Sample {
  const stream = { service_name: 'cloud-check', job: 'cloud-check', level: 'info' };
  const values = [[`${now}000000`, 'a sample of npm run cloud:check']];
  return {
    path: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ streams: [{ stream, values }] })),
  };
}

/** One span of the service `cloud-check`, in OTLP/gRPC. */
function traces(now: number): Sample {
  const span = {
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    name: 'cloud-check',
    kind: 1,
    startTimeUnixNano: `${now - 1}000000`,
    endTimeUnixNano: `${now}000000`,
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'cloud-check' } }] };
  return {
    path: EXPORT_METHODS.traces,
    headers: {},
    body: encodeMessage(EXPORT_REQUESTS.traces, { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  };
}

/** One stack of the service `cloud-check`, in the folded format of Pyroscope's ingest API. */
function profiles(now: number): Sample {
  const until = Math.floor(now / 1000);
  const query = new URLSearchParams({
    name: 'process_cpu{service_name=cloud-check}',
    from: String(until - 10),
    until: String(until),
    sampleRate: '100',
  });
  return {
    path: `/ingest?${query}`,
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from('main;check 1\n'),
  };
}
