import {
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBMapValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  type Json,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api';

/**
 * Converts a query result to JSON: timestamps to ISO 8601 with 3 or 6 decimals, unsafe integers to strings, NaN and
 * infinities to null, JSON columns to their content, maps to objects, and the rest as DuckDB does.
 */
export function toJson(value: DuckDBValue, type: DuckDBType): Json {
  if (value === null) return null;
  switch (typeof value) {
    case 'string':
      return type.alias === 'JSON' ? parseJson(value) : value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return wholeNumber(value);
  }
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return timestamp(value.micros);
  if (value instanceof DuckDBTimestampNanosecondsValue) return timestamp(value.nanos / 1000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return timestamp(value.millis * 1000n);
  if (value instanceof DuckDBTimestampSecondsValue) return timestamp(value.seconds * 1_000_000n);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBIntervalValue) return value.toString();
  if (value instanceof DuckDBMapValue) {
    const { keyType, valueType } = type as unknown as { keyType: DuckDBType; valueType: DuckDBType };
    return Object.fromEntries(
      value.entries.map((entry) => [String(toJson(entry.key, keyType)), toJson(entry.value, valueType)]),
    );
  }
  return JsonDuckDBValueConverter(value, type, toJson);
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

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
