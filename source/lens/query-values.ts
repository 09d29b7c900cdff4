import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/**
 * Converts a query result to JSON: timestamps to ISO 8601 with 3 or 6 decimals, unsafe integers to strings, NaN and
 * infinities to null, JSON columns to their content, lists to arrays, structs and maps to objects.
 */
export function toJson(value: DuckDBValue, type: DuckDBType): JsonValue {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
      return type.alias === 'JSON' ? parseJson(value) : value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'bigint':
      return wholeNumber(value);
  }
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return timestamp(value.micros);
  if (value instanceof DuckDBTimestampNanosecondsValue) return timestamp(value.nanos / 1000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return timestamp(value.millis * 1000n);
  if (value instanceof DuckDBTimestampSecondsValue) return timestamp(value.seconds * 1_000_000n);
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBBlobValue) return value.toString();
  if (value instanceof DuckDBListValue || ('items' in value && Array.isArray(value.items))) {
    const valueType = elementType(type);
    return (value.items as readonly DuckDBValue[]).map((item) => toJson(item, valueType));
  }
  if (value instanceof DuckDBStructValue && type.typeId === DuckDBTypeId.STRUCT) {
    const names = (type as { entryNames: readonly string[] }).entryNames;
    const types = (type as { entryTypes: readonly DuckDBType[] }).entryTypes;
    return Object.fromEntries(names.map((name, index) => [name, toJson(value.entries[name] ?? null, types[index]!)]));
  }
  if (value instanceof DuckDBMapValue) {
    const { keyType, valueType } = type as unknown as { keyType: DuckDBType; valueType: DuckDBType };
    return Object.fromEntries(
      value.entries.map((entry) => [String(toJson(entry.key, keyType)), toJson(entry.value, valueType)]),
    );
  }
  return String(value);
}

function elementType(type: DuckDBType): DuckDBType {
  return 'valueType' in type ? (type.valueType as DuckDBType) : type;
}

function wholeNumber(value: bigint): number | string {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value.toString();
}

/** The maximum of JavaScript's Date, in milliseconds. */
const MAX_DATE_MS = 8_640_000_000_000_000n;

function timestamp(micros: bigint): string | null {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const millis = (micros - rest) / 1000n;
  if (millis > MAX_DATE_MS || millis < -MAX_DATE_MS) return null;
  const iso = new Date(Number(millis)).toISOString();
  return rest === 0n ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
