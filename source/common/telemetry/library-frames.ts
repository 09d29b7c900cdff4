import type { encode } from '@datadog/pprof';
import { Function as CalledFunction, Line, Location } from 'pprof-format';

/** A profile as the profilers of @datadog/pprof return it. */
export type Profile = Parameters<typeof encode>[0];

/** The name of the frame that replaces a run of library frames. */
export const LIBRARY_FRAME = '(Node.js and libraries)';

/**
 * Replaces each run of library frames between the root and a service's code with one frame. Express, Node's HTTP parser
 * and the instrumentations put some 80 frames under a route handler, so a flame graph shows nothing else until it is
 * scrolled. Library frames called by the service's code stay, because they use time there. So do stacks without its code.
 */
export function foldLibraryFrames(profile: Profile): Profile {
  const isOwn = ownLocations(profile);
  const fold = addLibraryLocation(profile);
  for (const sample of profile.sample) {
    const firstOwn = sample.locationId.findIndex((id) => isOwn.has(Number(id)));
    if (firstOwn === -1) continue;
    const folded = sample.locationId.slice(0, firstOwn);
    for (const id of sample.locationId.slice(firstOwn)) {
      if (isOwn.has(Number(id))) folded.push(id);
      else if (folded.at(-1) !== fold) folded.push(fold);
    }
    sample.locationId = folded;
  }
  return profile;
}

/** Files of Node.js, packages and the services' common code. V8's own frames, such as garbage collection, have no file. */
const LIBRARY_FILE = /^$|^node:|\/node_modules\/|\/source\/common\//;

/** The ids of locations in a service's code. */
function ownLocations({ location, function: functions, stringTable }: Profile): Set<number> {
  const own = new Set<number>();
  for (const { id, line } of location) {
    const file = stringTable.strings[Number(functions[Number(line[0]?.functionId) - 1]?.filename)] ?? '';
    if (!LIBRARY_FILE.test(file)) own.add(Number(id));
  }
  return own;
}

/** @returns the id of the new location */
function addLibraryLocation({ location, function: functions, stringTable }: Profile): number {
  const functionId = functions.length + 1;
  const name = stringTable.dedup(LIBRARY_FRAME);
  functions.push(new CalledFunction({ id: functionId, name, systemName: name }));
  const id = location.length + 1;
  location.push(new Location({ id, line: [new Line({ functionId })] }));
  return id;
}
