import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import type { ProfileRow } from '../store/schema.ts';
import { decoding, MAX_PAYLOAD_BYTES, PayloadError } from './payload.ts';

/** @param bytes a pprof profile (https://github.com/google/pprof/blob/main/proto/profile.proto), compressed or not */
export function decodePprof(bytes: Uint8Array): Profile {
  return decoding('pprof profile', () => {
    const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const profile = Profile.decode(gzipped ? gunzipSync(bytes, { maxOutputLength: MAX_PAYLOAD_BYTES }) : bytes);
    if (profile.sampleType.length === 0) throw new PayloadError('the profile has no sample types');
    return profile;
  });
}

/** Maps value types to lens's names: V8's `space` and `objects`, Go's `inuse_space` and `inuse_objects`. */
const TYPES = new Map([
  ['space', 'heap'],
  ['inuse_space', 'heap'],
  ['objects', 'heap_objects'],
  ['inuse_objects', 'heap_objects'],
]);

/** Sample counts are redundant with another type, such as the sampled time. */
const COUNTS = ['sample', 'samples'];

type ProfileSource = {
  service: string;
  /** Merged into each sample's labels. */
  labels: Record<string, string>;
  /** The end of the profile in microseconds, used if the profile itself has no time. */
  time: bigint;
};

/** One row per stack, label set and value type with a non-zero value; duplicates are summed. */
export function profileRows(profile: Profile, { service, labels, time }: ProfileSource): ProfileRow[] {
  return decoding('pprof profile', () => {
    const strings = profile.stringTable.strings;
    const string = (index: number | bigint) => strings[Number(index)] ?? '';
    const valueTypes = profile.sampleType.map(({ type, unit }, _, { length }) => {
      const name = string(type);
      const isRedundant = COUNTS.includes(name) && length > 1;
      return { type: isRedundant ? undefined : (TYPES.get(name) ?? name), unit: string(unit) };
    });
    const named = framesByLocation(profile, string);
    const common = { time: endOf(profile) ?? time, service, profile_id: randomUUID() };

    const rows = new Map<string, ProfileRow>();
    for (const sample of profile.sample) {
      const sampleLabels = { ...labels };
      for (const label of sample.label) {
        sampleLabels[string(label.key)] = Number(label.str) === 0 ? String(label.num) : string(label.str);
      }
      const { trace_id = null, span_id = null, profile_id = null, ...otherLabels } = sampleLabels;
      const frames = sample.locationId
        .flatMap((id) => named.get(id) ?? [])
        .reverse()
        .join('\n');
      const labelsJson = JSON.stringify(otherLabels);
      valueTypes.forEach(({ type, unit }, index) => {
        const value = BigInt(sample.value[index] ?? 0);
        if (type === undefined || value === 0n) return;
        const key = `${type}\n${trace_id}\n${span_id ?? profile_id}\n${labelsJson}\n${frames}`;
        const row = rows.get(key);
        if (row) row.value += value;
        else {
          rows.set(key, {
            ...common,
            type,
            unit,
            frames,
            value,
            trace_id: trace_id?.toLowerCase() ?? null,
            span_id: (span_id ?? profile_id)?.toLowerCase() ?? null,
            labels: labelsJson,
          });
        }
      });
    }
    return [...rows.values()];
  });
}

function endOf({ timeNanos, durationNanos }: Profile): bigint | undefined {
  const start = BigInt(timeNanos);
  return start === 0n ? undefined : (start + BigInt(durationNanos)) / 1000n;
}

/** A number, or a bigint if it isn't a safe integer: some profilers use hashes or addresses. */
type Id = number | bigint;

/** The frames of each location, leaf first: inlined functions share a location. */
function framesByLocation(profile: Profile, string: (index: number | bigint) => string): Map<Id, string[]> {
  const oneLine = (text: string) => text.replaceAll('\n', ' ');
  const functions = new Map(profile.function.map((fn) => [fn.id, fn]));
  return new Map(
    profile.location.map((location) => {
      const names = location.line.map((line) => {
        const fn = functions.get(line.functionId);
        return fn === undefined
          ? '(unknown)'
          : oneLine(frameName(string(fn.name), string(fn.filename), Number(line.line)));
      });
      return [location.id, names.length > 0 ? names : [`0x${location.address.toString(16)}`]];
    }),
  );
}

/** Matches the end of `./source/server/main.ts:handle:12`, a name of @pyroscope/nodejs, or of V8's `:(idle):0`. */
const PLACE = /:(?<name>\(anonymous[^)]*\)|[^:]*):(?<line>\d+)$/;

/** `(anonymous:L#12:C#3)`, a name of @datadog/pprof. */
const ANONYMOUS = /^\(anonymous(?::L#(?<line>\d+))?/;

/** The function's name; anonymous functions also get their location. */
function frameName(fullName: string, fileName: string, lineNumber: number): string {
  let name = fullName;
  let file = fileName;
  let line = String(lineNumber);
  const place = PLACE.exec(fullName);
  if (place?.groups && /[./\\]|^node:|^$/.test(fullName.slice(0, place.index))) {
    file = fullName.slice(0, place.index);
    name = place.groups.name!;
    line = place.groups.line!;
  }
  const anonymous = ANONYMOUS.exec(name);
  if (name !== '' && !anonymous) return name;
  return file === '' ? '(anonymous)' : `(anonymous) ${shortPath(file)}:${anonymous?.groups?.line ?? line}`;
}

function shortPath(file: string): string {
  const path = file.replace(/^file:\/\//, '').replaceAll('\\', '/');
  const inPackage = path.lastIndexOf('node_modules/');
  if (inPackage !== -1) return path.slice(inPackage + 'node_modules/'.length);
  const folder = `${process.cwd().replaceAll('\\', '/')}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path.replace(/^\.\//, '');
}
