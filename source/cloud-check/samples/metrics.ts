import { compress } from 'snappyjs';
import { encodeProtobuf, messageType } from './protobuf.ts';
import type { Sample } from './sample.ts';

export const WRITE_REQUEST = messageType('remote-write.proto', 'WriteRequest');

/** One sample of the series `mythical_cloud_check`, by Prometheus remote write. */
export function metricsSample(now: Date): Sample {
  const labels = { __name__: 'mythical_cloud_check', job: 'cloud-check', service_name: 'cloud-check' };
  const series = {
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
    samples: [{ value: 1, timestamp: now.getTime() }],
  };
  return {
    path: '',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: Buffer.from(compress(encodeProtobuf(WRITE_REQUEST, { timeseries: [series] }))),
  };
}
