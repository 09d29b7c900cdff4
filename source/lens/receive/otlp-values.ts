import type { AnyValue, Int64, KeyValue, Resource } from './otlp-messages.ts';

export type Attributes = Record<string, unknown>;

/** Limits recursion: senders can nest values arbitrarily. */
const MAX_DEPTH = 20;

export function attributesOf(pairs: readonly KeyValue[], depth = 0): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of pairs) {
    // Assigning this key would change the object's prototype.
    if (key !== '__proto__') attributes[key] = value === null ? null : plainValue(value, depth);
  }
  return attributes;
}

/** Unsafe integers become strings, bytes become base64. */
export function plainValue(any: AnyValue, depth = 0): unknown {
  switch (any.value) {
    case 'stringValue':
      return any.stringValue;
    case 'boolValue':
      return any.boolValue;
    case 'intValue': {
      const number = any.intValue.toNumber();
      return Number.isSafeInteger(number) ? number : any.intValue.toString();
    }
    case 'doubleValue':
      return Number.isFinite(any.doubleValue) ? any.doubleValue : String(any.doubleValue);
    case 'bytesValue':
      return Buffer.from(any.bytesValue).toString('base64');
    case 'arrayValue':
      return depth < MAX_DEPTH ? any.arrayValue.values.map((value) => plainValue(value, depth + 1)) : '…';
    case 'kvlistValue':
      return depth < MAX_DEPTH ? attributesOf(any.kvlistValue.values, depth + 1) : '…';
    default:
      return null;
  }
}

/** The JSON is computed once per resource, because many rows share it. */
export function resourceOf(resource: Resource | null): { service: string; json: string } {
  const attributes = attributesOf(resource?.attributes ?? []);
  return { service: text(attributes['service.name']) || 'unknown_service', json: JSON.stringify(attributes) };
}

/** Nanoseconds since 1970 → microseconds. */
export function micros(nanos: Int64): bigint {
  return ((BigInt(nanos.high >>> 0) << 32n) | BigInt(nanos.low >>> 0)) / 1000n;
}

/** Subtracts before rounding to a double, to keep the precision. */
export function millisBetween(start: Int64, end: Int64): number {
  const nanos = ((end.high >>> 0) - (start.high >>> 0)) * 2 ** 32 + ((end.low >>> 0) - (start.low >>> 0));
  return nanos / 1e6;
}

export function isZero(value: Int64): boolean {
  return value.low === 0 && value.high === 0;
}

/** A trace or span id as hexadecimal; null if it is absent (empty or all zeros) or has another length. */
export function hexId(id: Uint8Array, bytes: 16 | 8): string | null {
  if (id.length !== bytes) return null;
  const hex = Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex');
  return /^0+$/.test(hex) ? null : hex;
}

export function text(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function now(): bigint {
  return BigInt(Date.now()) * 1000n;
}
