import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { encode, heap, time } from '@datadog/pprof';
import { Function as Fn, Label, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import { burn } from '../../../tests/support/burn-samples.ts';
import { useLens } from '../../../tests/support/lens.ts';
import { serve } from '../../../tests/support/serve.ts';
import { until } from '../../../tests/support/until.ts';
import { IN_MEMORY, startLens } from '../lens.ts';
import { decodePprof, profileRows } from './pprof.ts';
import { parseApplicationName } from './pyroscope-ingest.ts';

/** Like a Go profile, with an inlined function and labels. */
function goProfile(): Buffer<ArrayBuffer> {
  const stringTable = new StringTable();
  const string = (text: string) => stringTable.dedup(text);
  const type = (name: string, unit: string) => new ValueType({ type: string(name), unit: string(unit) });
  const fn = (id: number, name: string, filename = 'main.go') =>
    new Fn({ id, name: string(name), filename: string(filename) });
  const location = (id: number, ...functionIds: number[]) =>
    new Location({ id, line: functionIds.map((functionId) => new Line({ functionId, line: 7 })) });
  const label = (key: string, value: string) => new Label({ key: string(key), str: string(value) });
  const traced = [label('trace_id', 'A'.repeat(32)), label('profile_id', 'b'.repeat(16)), label('handler', 'x')];
  const profile = new Profile({
    sampleType: [type('samples', 'count'), type('cpu', 'nanoseconds')],
    function: [
      fn(1, 'main.main'),
      fn(2, 'main.outer'),
      fn(3, 'main.inlined'),
      fn(4, '(anonymous)', 'file:///srv/node_modules/pkg/index.js'),
      fn(5, './source/server/app.ts:handle:12', 'file:///x/source/server/app.ts'),
      fn(6, './source/server/app.ts:(anonymous:L#13:C#5):0', 'file:///x/source/server/app.ts'),
      fn(7, ':(idle):0', ''),
      fn(8, 'node:internal/timers:listOnTimeout:581', 'node:internal/timers'),
      fn(9, '(anonymous:L#3:C#1)', 'node:fs'),
      fn(10, 'std::vector::push_back', 'vector.h'),
    ],
    location: [
      location(1, 1),
      location(2, 3, 2),
      location(3, 4),
      location(4, 5),
      location(5, 6),
      location(6, 10, 9, 8, 7),
    ],
    sample: [
      new Sample({ locationId: [2, 1], value: [1, 10_000_000], label: traced }),
      new Sample({ locationId: [2, 1], value: [2, 20_000_000], label: traced }),
      new Sample({ locationId: [2, 1], value: [4, 40_000_000], label: [] }),
      new Sample({ locationId: [3, 1], value: [1, 0], label: [] }),
      new Sample({ locationId: [3, 5, 4, 1], value: [1, 5], label: [] }),
      new Sample({ locationId: [6], value: [1, 1], label: [] }),
    ],
    timeNanos: 1_763_700_000_000_000_000n,
    durationNanos: 10_000_000_000n,
    stringTable,
  });
  return gzipSync(profile.encode());
}

describe('profiles', () => {
  const lens = useLens();

  const ingest = (query: Record<string, string>, body: Uint8Array<ArrayBuffer> | FormData, contentType?: string) =>
    fetch(`${lens.url}/ingest?${new URLSearchParams(query)}`, {
      method: 'POST',
      body,
      headers: contentType === undefined ? {} : { 'content-type': contentType },
    });
  const BYTES = 'application/octet-stream';

  const goRows = [
    [
      ['main.main', 'main.outer', 'main.inlined'],
      30_000_000,
      'a'.repeat(32),
      'b'.repeat(16),
      { app: 'x', handler: 'x' },
    ],
    [['main.main', 'main.outer', 'main.inlined'], 40_000_000, null, null, { app: 'x' }],
    [
      ['main.main', 'handle', '(anonymous) source/server/app.ts:13', '(anonymous) pkg/index.js:7'],
      5,
      null,
      null,
      { app: 'x' },
    ],
    [['(idle)', 'listOnTimeout', '(anonymous) node:fs:3', 'std::vector::push_back'], 1, null, null, { app: 'x' }],
  ];
  const rowsOf = async (service: string) =>
    (
      await lens.lens.query(
        `SELECT stack, value, trace_id, span_id, labels FROM profiles WHERE service = '${service}' ORDER BY trace_id, value DESC`,
      )
    ).rows;

  test('stacks are root first, equal samples are summed, trace ids come from labels, counts are skipped', async () => {
    const response = await ingest({ name: 'go{app=x}', format: 'pprof', until: '1' }, goProfile(), BYTES);
    assert.equal(response.status, 200);
    assert.deepEqual(await rowsOf('go'), goRows);
    const { rows } = await lens.lens.query(
      "SELECT DISTINCT time, type, unit, length(profile_id) FROM profiles WHERE service = 'go'",
    );
    assert.deepEqual(rows, [['2025-11-21T04:40:10.000Z', 'cpu', 'nanoseconds', 36]]);
  });

  test('accepts a profile as a form field', async () => {
    const form = new FormData();
    form.append('profile', new Blob([goProfile()]), 'profile.pprof');
    assert.equal((await ingest({ name: 'form{app=x}' }, form)).status, 200);
    assert.deepEqual(await rowsOf('form'), goRows);
  });

  test('the profilers of @pyroscope/nodejs: wall, CPU and heap', async () => {
    time.start({ durationMillis: 60_000, intervalMicros: 1000, withContexts: true, collectCpuTime: true });
    function burnWithATellingName() {
      burn(200);
    }
    time.setContext({});
    burnWithATellingName();
    const wall = time.stop(false, () => ({ span_id: 'c'.repeat(16) }));
    heap.start(1024, 64);
    const kept = Array.from({ length: 20_000 }, (_, index) => ({ index, text: `beast ${index}` }));
    const heapProfile = heap.profile();
    heap.stop();
    assert.equal(kept.length, 20_000);

    for (const profile of [wall, heapProfile]) {
      const bytes = new Uint8Array(await encode(profile));
      const query = { name: 'mythical-server{region=eu}', format: 'pprof', from: '1', until: '2', spyName: 'nodespy' };
      assert.equal((await ingest(query, bytes, BYTES)).status, 200);
    }
    const { rows } = await lens.lens.query(
      "SELECT type, unit, sum(value) > 0 FROM profiles WHERE service = 'mythical-server' GROUP BY ALL ORDER BY type",
    );
    assert.deepEqual(rows, [
      ['cpu', 'nanoseconds', true],
      ['heap', 'bytes', true],
      ['heap_objects', 'count', true],
      ['wall', 'nanoseconds', true],
    ]);
    const hot = await lens.lens.query(`SELECT sum(value) / 1e6, any_value(span_id) FROM profiles
      WHERE type = 'cpu' AND list_contains(stack, 'burnWithATellingName')`);
    const [milliseconds, spanId] = hot.rows[0] as [number, string];
    assert.ok(milliseconds > 50, `${milliseconds} ms`);
    assert.equal(spanId, 'c'.repeat(16));
  });

  for (const [what, query, body, status] of [
    ['no name', { format: 'pprof' }, goProfile(), 400],
    ['another format', { name: 'x', format: 'jfr' }, goProfile(), 400],
    ['an empty body', { name: 'x' }, Buffer.alloc(0), 400],
    ["bytes that aren't a profile", { name: 'x' }, Buffer.from('hello world, this is not pprof'), 400],
    ['truncated gzip', { name: 'x' }, goProfile().subarray(0, 40), 400],
    ['an empty profile', { name: 'x' }, Buffer.from('4800', 'hex'), 400],
    ['gzip of 64 MB', { name: 'x' }, gzipSync(Buffer.alloc(64 * 2 ** 20)), 400],
  ] as const) {
    test(`${what}: ${status}`, async () => {
      assert.equal((await ingest(query as Record<string, string>, body, BYTES)).status, status);
    });
  }

  test('random bytes never crash lens', async () => {
    let seed = 42;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const valid = gunzipSync(goProfile());
    for (let round = 0; round < 500; round += 1) {
      const bytes = Uint8Array.from(valid);
      for (let flip = 0; flip < 5; flip += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const response = await ingest({ name: 'fuzz' }, bytes, BYTES);
      assert.ok(response.status === 200 || response.status === 400, String(response.status));
    }
    assert.equal((await fetch(`${lens.url}/readyz`)).status, 200);
  });
});

test("pulls profiles from Go's pprof endpoints", async () => {
  const asked: string[] = [];
  await using target = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end(goProfile());
  });
  const pprofTargets = [{ name: 'tempo', url: `${target.url}/debug/pprof/?a=b` }];
  await using lens = await startLens({ ...IN_MEMORY, pprofTargets, pprofIntervalMs: 2000 }, assert.fail);
  await until(async () => (await lens.summary()).profiles >= 2);
  assert.deepEqual(asked.slice(0, 2), ['/debug/pprof/profile?a=b&seconds=2', '/debug/pprof/heap?a=b']);
  assert.deepEqual((await lens.query('SELECT DISTINCT service FROM profiles')).rows, [['tempo']]);
});

test('an application name contains the service and its tags', () => {
  assert.deepEqual(parseApplicationName('app'), { service: 'app', labels: {} });
  assert.deepEqual(parseApplicationName('app{a=1,b=x=y,__session_id__=2,}'), {
    service: 'app',
    labels: { a: '1', b: 'x=y' },
  });
  assert.deepEqual(parseApplicationName('{service_name=real}'), {
    service: 'real',
    labels: { service_name: 'real' },
  });
});

/** One sample whose stack has these functions, leaf first, with consecutive ids. */
function profileOf(names: string[], type: [name: string, unit: string], firstId: number | bigint = 1): Profile {
  const stringTable = new StringTable();
  const string = (text: string) => stringTable.dedup(text);
  const ids = names.map((_, index) => (typeof firstId === 'bigint' ? firstId + BigInt(index) : firstId + index));
  return new Profile({
    sampleType: [new ValueType({ type: string(type[0]), unit: string(type[1]) })],
    function: ids.map((id, index) => new Fn({ id, name: string(names[index]!) })),
    location: ids.map((id) => new Location({ id, line: [new Line({ functionId: id })] })),
    sample: [new Sample({ locationId: ids, value: [5] })],
    stringTable,
  });
}
const SOURCE = { service: 'a', labels: {}, time: 1n };

test('a line break in a name does not split its frame', () => {
  const [row] = profileRows(profileOf(['two\nlines', 'caller'], ['cpu', 'nanoseconds']), SOURCE);
  assert.equal(row?.frames, 'caller\ntwo lines');
});

test('keeps sample counts if the profile has nothing else', () => {
  const [row] = profileRows(profileOf(['main'], ['samples', 'count']), SOURCE);
  assert.deepEqual([row?.type, row?.unit, row?.value], ['samples', 'count', 5n]);
});

test('ids may be any 64-bit numbers, such as hashes', () => {
  const bytes = profileOf(['leaf', 'caller'], ['cpu', 'nanoseconds'], 2n ** 63n).encode();
  assert.equal(profileRows(decodePprof(bytes), SOURCE)[0]?.frames, 'caller\nleaf');
});
