import { loadProto } from '@mythical/common/proto';
import { compress } from 'snappyjs';
import type { Bits, MessageName } from '../../source/lens/receive/remote-write-messages.ts';

// Encodes remote write requests.

const root = loadProto(new URL('../../source/lens/receive/remote-write.proto', import.meta.url));

/** A value as in lens's remote-write.proto. */
export function bitsOf(value: number): Bits {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return { high: bits.getUint32(0), low: bits.getUint32(4) };
}

export const STALE: Bits = { high: 0x7ff00000, low: 2 };

export type Labels = Record<string, string>;
export type Point = { value: Bits; timestamp: number; startTimestamp?: number };
export type Exemplar = { labels: Labels; value: number; timestamp: number };
export type Series = {
  labels: Labels;
  samples?: Point[];
  histograms?: object[];
  exemplars?: Exemplar[];
  type?: number;
};

export const point = (value: number, timestamp = Date.now()): Point => ({ value: bitsOf(value), timestamp });

export function encode(message: 'WriteRequest' | 'Request', content: object): Uint8Array<ArrayBuffer> {
  const type = root.lookupType(message);
  return new Uint8Array(compress(type.encode(type.fromObject(content)).finish()));
}

export function requestV1(series: Series[], metadata: object[] = []): Uint8Array<ArrayBuffer> {
  const pairs = (labels: Labels) => Object.entries(labels).map(([name, value]) => ({ name, value }));
  const timeseries = series.map(({ labels, exemplars = [], ...rest }) => ({
    ...rest,
    labels: pairs(labels),
    exemplars: exemplars.map((exemplar) => ({ ...exemplar, labels: pairs(exemplar.labels) })),
  }));
  return encode('WriteRequest', { timeseries, metadata });
}

export function requestV2(series: Series[]): Uint8Array<ArrayBuffer> {
  const symbols = [''];
  const refs = (labels: Labels) =>
    Object.entries(labels)
      .flat()
      .map((text) => (symbols.includes(text) ? symbols.indexOf(text) : symbols.push(text) - 1));
  const timeseries = series.map(({ labels, exemplars = [], type = 0, ...rest }) => ({
    ...rest,
    labelsRefs: refs(labels),
    exemplars: exemplars.map((exemplar) => ({ ...exemplar, labelsRefs: refs(exemplar.labels) })),
    metadata: { type },
  }));
  return encode('Request', { symbols, timeseries });
}

export const V1 = 'application/x-protobuf';
export const V2 = `application/x-protobuf;proto=${'io.prometheus.write.v2.Request' satisfies MessageName}`;

export function write(url: string, body: Uint8Array<ArrayBuffer>, type = V1): Promise<Response> {
  const headers = { 'content-type': type, 'content-encoding': 'snappy' };
  return fetch(`${url}/api/v1/write`, { method: 'POST', body, headers });
}

/** The Written headers. */
export const writtenOf = ({ headers }: Response): (string | null)[] =>
  ['Samples', 'Histograms', 'Exemplars'].map((kind) => headers.get(`x-prometheus-remote-write-${kind}-written`));
