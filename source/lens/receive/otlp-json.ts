import { EXPORT_REQUESTS } from '@mythical/common/otlp';
import protobuf from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';
import type { PartialSuccess, Requests, Signal } from './otlp-messages.ts';
import { decoding, expectKnownField, PayloadError, parseJson } from './payload.ts';

/**
 * Decodes OTLP/JSON: protobuf's JSON mapping, except that ids are hexadecimal
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) and that integers can't have an exponent, which
 * the OpenTelemetry Collector doesn't accept either.
 *
 * @throws {PayloadError} naming the invalid field
 */
export function decodeJson<S extends Signal>(signal: S, text: string): Requests[S] {
  return decoding('OTLP JSON', () => {
    const type = EXPORT_REQUESTS[signal];
    const json = parseJson(text, (key, value, { source }) => RULES.get(key)?.(key, value, source) ?? value);
    expectKnownField(json, type.fieldsArray.flatMap(namesOf));
    const fields = protojson.fromJson(type, json, { ignoreUnknownFields: true });
    // fromObject fills in the defaults of nested messages only for plain objects, hence the copy.
    return type.fromObject({ ...fields }) as unknown as Requests[S];
  });
}

/** @param source the number as written in the JSON */
type Rule = (key: string, value: unknown, source: string | undefined) => unknown;

/** Keyed by field name: no two OTLP fields with the same name need different rules. */
const RULES = new Map<string, Rule>();
for (const type of Object.values(EXPORT_REQUESTS)) addRules(type);

function addRules(type: protobuf.Type, visited = new Set<protobuf.Type>()): void {
  if (visited.has(type)) return;
  visited.add(type);
  for (const field of type.fieldsArray) {
    const rule = ruleOf(field.resolve());
    if (rule) for (const name of namesOf(field)) RULES.set(name, rule);
    if (field.resolvedType instanceof protobuf.Type) addRules(field.resolvedType, visited);
  }
}

function ruleOf({ type, name, resolvedType }: protobuf.Field): Rule | undefined {
  if (resolvedType instanceof protobuf.Enum) return knownNameOf(resolvedType);
  if (type === 'bytes') return /Id$/.test(name) ? base64FromHex : base64;
  return /(?:int|fixed)(?:32|64)$/.test(type) ? wholeNumber : undefined;
}

/** `startTimeUnixNano` and `start_time_unix_nano`. */
function namesOf(field: protobuf.Field): string[] {
  return [field.name, field.protoName];
}

/** As a string of digits, because nanosecond timestamps exceed JavaScript's safe integers. */
function wholeNumber(key: string, value: unknown, source?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => wholeNumber(key, item));
  const digits = typeof value === 'number' ? (source ?? String(value)) : value;
  if (typeof digits === 'string' && !/^-?\d+$/.test(digits)) throw wrong(key, 'a whole number', value);
  return digits;
}

function knownNameOf({ values }: protobuf.Enum): Rule {
  return (key, value) => {
    if (typeof value !== 'string' || Object.hasOwn(values, value)) return value;
    throw wrong(key, `one of ${Object.keys(values).join(', ')}`, value);
  };
}

function base64FromHex(key: string, value: unknown): unknown {
  if (value === null) return value;
  if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})*$/i.test(value)) throw wrong(key, 'hexadecimal digits', value);
  return Buffer.from(value, 'hex').toString('base64');
}

function base64(key: string, value: unknown): unknown {
  if (typeof value === 'string' && !/^[\w+/-]*={0,2}$/.test(value)) throw wrong(key, 'base64', value);
  return value;
}

function wrong(key: string, expected: string, value: unknown): PayloadError {
  return new PayloadError(`${key}: expected ${expected}, not ${JSON.stringify(value)?.slice(0, 100)}`);
}

/** The name of the count differs per signal in JSON; in protobuf only the field number matters. */
const REJECTED_FIELD = { traces: 'rejectedSpans', logs: 'rejectedLogRecords', metrics: 'rejectedDataPoints' };

export function responseAsJson(signal: Signal, { rejected, errorMessage }: PartialSuccess): object {
  return rejected === 0 ? {} : { partialSuccess: { [REJECTED_FIELD[signal]]: String(rejected), errorMessage } };
}
