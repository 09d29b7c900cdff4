import { bytesField, doubleField, message, varint, varintField } from './protobuf.ts';
import type { Sample } from './sample.ts';

/** One sample of the series `mythical_cloud_check`, by Prometheus remote write. */
export function metricsSample(now: Date): Sample {
  const labels = { __name__: 'mythical_cloud_check', job: 'cloud-check', service_name: 'cloud-check' };
  const series = message(
    ...Object.entries(labels).map(([name, value]) => bytesField(1, message(bytesField(1, name), bytesField(2, value)))),
    bytesField(2, message(doubleField(1, 1), varintField(2, BigInt(now.getTime())))),
  );
  return {
    path: '',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: snappy(bytesField(1, series)),
  };
}

/** Snappy's block format, for fewer than 64 KiB, as one literal: nothing is compressed in so few bytes. */
export function snappy(bytes: Buffer): Buffer {
  const literalWithTwoBytesOfLength = 61 << 2;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length - 1);
  return Buffer.concat([varint(BigInt(bytes.length)), Buffer.from([literalWithTwoBytesOfLength]), length, bytes]);
}
