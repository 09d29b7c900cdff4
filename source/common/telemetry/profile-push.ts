import { encode } from '@datadog/pprof';
import type { Identity } from './identity.ts';
import { foldLibraryFrames, type Profile } from './library-frames.ts';

export type PushTarget = { url: string; identity: Identity; timeoutMs: number };

/**
 * Sends a wall-clock and CPU profile to Pyroscope's ingest API, with the same series and function names as
 * @pyroscope/nodejs.
 *
 * @throws if Pyroscope doesn't accept it
 */
export async function pushProfile({ url, identity, timeoutMs }: PushTarget, profile: Profile, from: Date, until: Date) {
  const tags = {
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    service_name: identity.serviceName,
    namespace: identity.namespace,
  };
  const name = `${identity.serviceName}{${Object.entries(tags)
    .map(([tag, value]) => `${tag}=${value}`)
    .join(',')}}`;
  const query = new URLSearchParams({
    format: 'pprof',
    from: seconds(from),
    until: seconds(until),
    name,
    spyName: 'nodespy',
  });
  const response = await fetch(`${url}/ingest?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(await encode(foldLibraryFrames(nameFunctions(profile)))),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  await response.body?.cancel();
}

/** Renames `handle` to `./source/server/main.ts:handle:12`, and V8's `sample` type to `samples`, as in Go profiles. */
function nameFunctions(profile: Profile): Profile {
  const { stringTable } = profile;
  const string = (index: number | bigint) => stringTable.strings[Number(index)] ?? '';
  const named = new Set<object>();
  for (const { line: lines } of profile.location) {
    for (const { functionId, line } of lines) {
      const called = profile.function[Number(functionId) - 1];
      if (called === undefined || named.has(called)) continue;
      named.add(called);
      const file = string(called.filename).replace(process.cwd(), '.');
      called.name = stringTable.dedup(`${file}:${string(called.name)}:${line}`);
    }
  }
  for (const valueType of profile.sampleType) {
    if (string(valueType.type) === 'sample') valueType.type = stringTable.dedup('samples');
  }
  return profile;
}

const seconds = (date: Date) => String(Math.floor(date.getTime() / 1000));
