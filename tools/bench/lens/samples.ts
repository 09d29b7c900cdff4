import { REQUEST_TIME_BUCKETS_MS } from '@mythical/common/telemetry/metrics';
import { compress, uncompress } from 'snappyjs';
import { point, requestV1 } from '../../../tests/support/remote-write.ts';
import { BEASTS, spanId, traceId } from './ids.ts';
import type { Requests } from './request.ts';

/** As many as Prometheus sends at once by default. */
const SAMPLES_PER_REQUEST = 2000;
const EXEMPLARS_PER_REQUEST = 20;

/** All series with a sample each: the histogram of request times, and gauges. */
export function sampleRequests(firstRow = 0): Requests {
  const { bytes, valuesAt, exemplarsAt } = template();
  let sent = Math.ceil(firstRow / SAMPLES_PER_REQUEST);
  let last = 0;
  return (_fromMs, toMs) => {
    sent += 1;
    // A second sample of a series with the same time would be a duplicate.
    last = Math.max(Math.round(toMs), last + 1);
    const time = varint(BigInt(last));
    valuesAt.forEach((at, index) => {
      bytes.writeDoubleLE(sent * (1 + (index % 20)), at);
      time.copy(bytes, at + 9);
    });
    for (const at of exemplarsAt) time.copy(bytes, at + 9);
    return {
      path: '/api/v1/write',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: Buffer.from(compress(bytes)),
      items: valuesAt.length,
      rows: valuesAt.length + exemplarsAt.length,
    };
  };
}

function template(): { bytes: Buffer; valuesAt: number[]; exemplarsAt: number[] } {
  const timestamp = Date.now();
  const value = (index: number) => 1e6 + index / 1024;
  const exemplar = (index: number) => 2e6 + index / 1024;
  const series = seriesLabels().map((labels, index) => ({
    labels,
    samples: [point(value(index), timestamp)],
    exemplars:
      index < EXEMPLARS_PER_REQUEST
        ? [{ labels: { traceID: traceId(index), spanID: spanId(index, 2) }, value: exemplar(index), timestamp }]
        : [],
  }));
  const bytes = Buffer.from(uncompress(requestV1(series)));
  return {
    bytes,
    valuesAt: series.map((_, index) => find(bytes, value(index))),
    exemplarsAt: series.slice(0, EXEMPLARS_PER_REQUEST).map((_, index) => find(bytes, exemplar(index))),
  };
}

function find(bytes: Buffer, value: number): number {
  const marker = Buffer.alloc(8);
  marker.writeDoubleLE(value);
  return bytes.indexOf(marker);
}

function seriesLabels(): Record<string, string>[] {
  const common = { instance: '127.0.0.1:4000', job: 'mythical-server', namespace: 'production' };
  const histogram = BEASTS.flatMap((beast) =>
    ['GET', 'POST'].flatMap((method) =>
      ['200', '500'].flatMap((status) => {
        const labels = { ...common, beast, method, status };
        return [
          ...[...REQUEST_TIME_BUCKETS_MS.map(String), '+Inf'].map((le) => ({
            ...labels,
            __name__: 'mythical_request_times_bucket',
            le,
          })),
          { ...labels, __name__: 'mythical_request_times_sum' },
          { ...labels, __name__: 'mythical_request_times_count' },
        ];
      }),
    ),
  );
  const gauges = Array.from({ length: SAMPLES_PER_REQUEST - histogram.length }, (_, index) => ({
    ...common,
    __name__: `nodejs_gauge_${index % 50}`,
    space: `space-${Math.floor(index / 50)}`,
  }));
  return [...histogram, ...gauges];
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n || bytes.length === 0; rest >>= 7n)
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
  return Buffer.from(bytes);
}
