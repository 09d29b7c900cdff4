import { gzipSync } from 'node:zlib';
import {
  Label,
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import { chance, SPANS_PER_TRACE, spanId, traceId } from './ids.ts';
import type { Requests } from './request.ts';

const STACKS = 300;
const FUNCTIONS = 400;
const TEMPLATES = 16;

/** A CPU profile of 15 s as @pyroscope/nodejs pushes it, with a third of its stacks in spans. */
export function profileRequests(): Requests {
  const templates = Array.from({ length: TEMPLATES }, (_, index) => gzipSync(profile(index)));
  let sent = 0;
  return (_fromMs, toMs) => {
    sent += 1;
    const query = new URLSearchParams({
      name: 'mythical-server{namespace=production}',
      until: String(Math.round(toMs)),
    });
    return { path: `/ingest?${query}`, headers: {}, body: templates[sent % TEMPLATES]!, items: 1, rows: STACKS };
  };
}

function profile(seed: number): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string) => stringTable.dedup(value);
  const functions = Array.from(
    { length: FUNCTIONS },
    (_, index) =>
      new PprofFunction({
        id: index + 1,
        name: text(`function${index}`),
        filename: text(`source/file${index % 40}.ts`),
      }),
  );
  const locations = functions.map(({ id }) => new Location({ id, line: [new Line({ functionId: id, line: 1 })] }));
  const samples = Array.from({ length: STACKS }, (_, stack) => {
    const depth = 8 + Math.floor(chance(seed * STACKS + stack) * 24);
    const trace = seed * STACKS + stack;
    const labels: [string, string][] =
      stack % 3 === 0
        ? [
            ['trace_id', traceId(trace)],
            ['span_id', spanId(trace, stack % SPANS_PER_TRACE)],
          ]
        : [];
    return new Sample({
      // Leaf first: the outer frames are shared.
      locationId: Array.from({ length: depth }, (_, frame) =>
        depth - frame < 6 ? depth - frame : 6 + ((stack * 7 + frame * 31) % (FUNCTIONS - 6)),
      ),
      value: [10_000_000 + stack],
      label: labels.map(([key, value]) => new Label({ key: text(key), str: text(value) })),
    });
  });
  return new Profile({
    sampleType: [new ValueType({ type: text('cpu'), unit: text('nanoseconds') })],
    sample: samples,
    location: locations,
    function: functions,
    stringTable,
  }).encode();
}
