import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { SPAN_PROFILES_SUPPORTED } from '@mythical/common/telemetry/span-profiles';
import { Profile } from 'pprof-format';
import { shareOf } from '../../grafana/model/flame-graph.ts';
import { type Pyroscope, startPyroscope } from '../support/pyroscope.ts';
import { realProgram } from '../support/real-program.ts';
import { type RunningService, type Sandbox, startSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** From a span to the flame graph of that very span, on what the real server sends. */

const skip = SPAN_PROFILES_SUPPORTED ? false : 'not run: span profiles, on Windows';

/** What the scenario cpu-burn does for 100 ms, in a third of the requests. */
const BURNING = ['burnCpu', 'countDragonScalesTheSlowWay', 'countScalesOfOneDragon'];
/** The scenario burns for 100 ms on the clock; where others want the CPU as well, it gets only a part of them. */
const BURNED_MS = 20;
const CPU = 'wall:cpu:nanoseconds:wall:nanoseconds';
const OF_SERVER = '{service_name="mythical-server"}';

type SpanRow = {
  span_id: string;
  trace_id: string;
  start_ms: number;
  duration_ms: number;
  /** CPU time in its samples, ms: of all code, and of the burning functions. */
  cpu: number;
  burning: number;
};

describe('the flame graph of a span', { skip }, () => {
  let sandbox: Sandbox;
  let server: RunningService;
  let spans: SpanRow[];

  before(async () => {
    sandbox = await startSandbox();
    server = await sandbox.start('server');
    await addBeasts(server, 300);
    await burnCpu(server);
    // Two at a time: while one computes, the other can only wait, and is as slow without any fault of its own.
    await makeRequests(server, { seconds: 8, loops: 2, atLeast: 150 });
    assert.equal((await server.stop()).code, 0);
    spans = await spansOf(sandbox);
  });
  after(() => sandbox?.[Symbol.asyncDispose]());

  test('is dominated by the burning function, where the span burned CPU', (t) => {
    const burned = spans.filter(({ burning }) => burning > BURNED_MS);
    t.diagnostic(`${burned.length} of ${spans.length} spans burned; ${describeShares(burned.map(burntShare))}`);
    assert.ok(burned.length >= 5, `${burned.length} spans with ${BURNED_MS} ms in the burning function`);
    for (const span of burned) assert.ok(burntShare(span) > 0.5, JSON.stringify(span));
    assert.ok(median(burned.map(burntShare)) > 0.9);
  });

  test('is not, for the fast spans of the same seconds', (t) => {
    const seconds = new Set(
      spans.filter(({ burning }) => burning > BURNED_MS).map(({ start_ms }) => Math.floor(start_ms / 1000)),
    );
    const fast = spans.filter(
      ({ start_ms, duration_ms }) => duration_ms < 50 && seconds.has(Math.floor(start_ms / 1000)),
    );
    const cpu = sum(fast.map(({ cpu }) => cpu));
    const burning = sum(fast.map(({ burning }) => burning));
    t.diagnostic(
      `${fast.length} fast spans with ${cpu.toFixed(0)} ms of CPU time, of it ${burning.toFixed(0)} ms burning`,
    );
    assert.ok(cpu > 20, `${cpu} ms`);
    assert.ok(burning < 0.05 * cpu, `${burning} of ${cpu} ms`);
  });

  test('tells who burned from who had to wait meanwhile, although both are slow', (t) => {
    const slow = spans.filter(({ duration_ms }) => duration_ms > 95);
    const guilty = slow.filter((span) => span.burning > 20 && burntShare(span) > 0.6);
    const waited = slow.filter(({ burning }) => burning === 0);
    const between = slow.filter((span) => span.burning > 20 && burntShare(span) <= 0.6);
    t.diagnostic(
      `${slow.length} slow spans: ${guilty.length} burned, ${waited.length} waited, ${between.length} between`,
    );
    assert.ok(guilty.length > 0);
    assert.ok(waited.length > 0);
    assert.ok(between.length <= 0.1 * guilty.length);
  });

  test('is of an entry span of the same service and trace; each has the attribute', async () => {
    const [{ labelled } = { labelled: 0 }] = await sandbox.rows<{ labelled: number }>(
      `select count(*)::int as labelled from profiles where span_id is not null`,
    );
    assert.ok(labelled > 50);
    assert.deepEqual(
      await sandbox.rows(`
        select p.trace_id, p.span_id, p.labels->>'span_name' as name from profiles p where p.span_id is not null
          and not exists (select 1 from spans s where s.trace_id = p.trace_id and s.span_id = p.span_id
            and s.service = p.service and s.kind = 'server' and s.name = coalesce(p.labels->>'span_name', s.name))`),
      [],
    );
    assert.deepEqual(
      await sandbox.rows(`
        select kind, (attributes->>'pyroscope.profile.id') is not distinct from span_id as own, count(*) > 0 as some
        from spans group by 1, 2 order by 1`),
      [
        { kind: 'client', own: false, some: true },
        { kind: 'server', own: true, some: true },
      ],
    );
  });

  test('names of spans are those of routes: there are as many as routes and methods', async () => {
    const names = await sandbox.rows<{ name: string }>(
      `select distinct labels->>'span_name' as name from profiles where labels->>'span_name' is not null order by name`,
    );
    for (const { name } of names) assert.match(name, /^(GET|POST) \/(:beast|scenarios)$/);
  });

  test('leaves the profile of the whole process as it is: work without a span has its place, too', async () => {
    const [{ without } = { without: 0 }] = await sandbox.rows<{ without: number }>(
      `select coalesce(sum(value), 0)::double / 1e6 as without from profiles where type = 'cpu' and span_id is null`,
    );
    assert.ok(without > 50, `${without} ms`);
    const names = await sandbox.rows<{ type: string }>('select distinct type from profiles order by type');
    assert.deepEqual(
      names.map(({ type }) => type),
      ['cpu', 'heap', 'heap_objects', 'wall'],
    );
  });
});

describe('profiles of spans, in other settings', { skip }, () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox?.[Symbol.asyncDispose]());

  const counts = async () => {
    const [row] = await sandbox.rows<{ marked: number; profiles: number; labelled: number }>(`
      select (select count(*) from spans where attributes->>'pyroscope.profile.id' is not null)::int as marked,
        (select count(*) from profiles where type = 'cpu')::int as profiles,
        (select count(*) from profiles where span_id is not null)::int as labelled`);
    return row!;
  };

  for (const [name, env, profiles] of [
    ['SPAN_PROFILES=false', { SPAN_PROFILES: 'false' }, true],
    ['no traces', { OTEL_TRACES_EXPORTER: 'none' }, true],
    ['no profiles', { PROFILING_MODE: 'off' }, false],
  ] as const) {
    test(`there are none with ${name}; other profiles ${profiles ? 'go on' : 'neither'}`, async () => {
      const before = await counts();
      const server = await sandbox.start('server', env);
      await burnCpu(server);
      await makeRequests(server, { seconds: 1, loops: 1 });
      assert.equal((await server.stop()).code, 0);
      const now = await counts();
      assert.equal(now.marked, before.marked);
      assert.equal(now.labelled, before.labelled);
      assert.equal(now.profiles > before.profiles, profiles);
    });
  }

  test('the last ones are sent when the service stops', async () => {
    const before = await counts();
    const server = await sandbox.start('server', { PROFILE_INTERVAL_MS: '60000' });
    await burnCpu(server);
    await makeRequests(server, { seconds: 2, loops: 1 });
    const { code, milliseconds } = await server.stop();
    assert.equal(code, 0);
    assert.ok(milliseconds < 7_000, `${milliseconds} ms`);
    assert.ok((await counts()).labelled > before.labelled);
  });

  test('they are in a profile that is pulled as well', async () => {
    const server = await sandbox.start('server', { PROFILING_MODE: 'pull' });
    await burnCpu(server);
    const [response] = await Promise.all([
      fetch(`${server.url}/debug/pprof/profile?seconds=2`),
      makeRequests(server, { seconds: 2, loops: 1 }),
    ]);
    const profile = Profile.decode(gunzipSync(Buffer.from(await response.arrayBuffer())));
    const string = (index: number | bigint) => profile.stringTable.strings[Number(index)]!;
    const ids = profile.sample.flatMap(({ label }) =>
      label.filter(({ key }) => string(key) === 'profile_id').map(({ str }) => string(str)),
    );
    assert.ok(ids.length > 5, `${ids.length} samples with a label`);
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
    assert.equal((await server.stop()).code, 0);
  });
});

const pyroscopeProgram = await realProgram('pyroscope');

describe('the flame graph of a span in Pyroscope', { skip: skip || pyroscopeProgram.skip }, () => {
  let sandbox: Sandbox;
  let pyroscope: Pyroscope;
  let spans: SpanRow[];
  const resources = new AsyncDisposableStack();

  before(async () => {
    pyroscope = resources.use(await startPyroscope(pyroscopeProgram.path!));
    sandbox = resources.use(await startSandbox());
    const toPyroscope = { PROFILE_COLLECTOR_PORT: String(pyroscope.port) };
    const server = await sandbox.start('server', toPyroscope);
    const before = await sandbox.start('server', { ...toPyroscope, SPAN_PROFILES: 'false', NAMESPACE: 'without' });
    await addBeasts(server, 300);
    await burnCpu(server);
    await makeRequests(server, { seconds: 6, loops: 2 });
    await makeRequests(before, { seconds: 3, loops: 2 });
    for (const { stop } of [server, before]) assert.equal((await stop()).code, 0);
    spans = await spansOf(sandbox);
    await until(async () => (await pyroscope.flameGraph(CPU, OF_SERVER)).names.length > 10, { what: () => 'profiles' });
  });
  after(() => resources.disposeAsync());

  test('is what Grafana asks for: dominated by the burning function for a slow span, and not for fast ones', async (t) => {
    const slow = spans.filter(({ duration_ms }) => duration_ms > 95).sort((a, b) => a.start_ms - b.start_ms);
    const shares: number[] = [];
    let burned: SpanRow | undefined;
    for (const span of slow) {
      const graph = await pyroscope.flameGraph(CPU, OF_SERVER, [span.span_id]);
      // Many have waited only, and have no samples, or one.
      if (Number(graph.total ?? 0) < 30e6) continue;
      shares.push(shareOf(graph, BURNING_NAME));
      burned ??= span;
    }
    t.diagnostic(`${shares.length} of ${slow.length} slow spans burned; ${describeShares(shares)}`);
    assert.ok(shares.length >= 2);
    for (const share of shares) assert.ok(share > 0.5, String(share));
    assert.ok(median(shares) > 0.9);

    const fast = spans.filter(
      ({ duration_ms, start_ms }) => duration_ms < 50 && Math.abs(start_ms - burned!.start_ms) < 1000,
    );
    const graph = await pyroscope.flameGraph(
      CPU,
      OF_SERVER,
      fast.map(({ span_id }) => span_id),
    );
    t.diagnostic(
      `${fast.length} fast spans around one: ${shareOf(graph, BURNING_NAME)} of ${Number(graph.total ?? 0) / 1e6} ms`,
    );
    assert.ok(shareOf(graph, BURNING_NAME) < 0.2);
  });

  test('comes from the same series: types, names of functions and labels are those of profiles without spans', async () => {
    const typesOf = async (namespace: string) => {
      const { labelsSet = [] } = await pyroscope.ask<{ labelsSet?: { labels: { name: string; value: string }[] }[] }>(
        'Series',
        { matchers: [`{namespace="${namespace}"}`], labelNames: ['__profile_type__', 'service_name', 'pyroscope_spy'] },
      );
      return labelsSet.map(({ labels }) => labels.map(({ value }) => value).join(' ')).sort();
    };
    const withSpans = await typesOf('production');
    assert.ok(
      withSpans.some((series) => series.includes(CPU)),
      withSpans.join(),
    );
    assert.deepEqual(withSpans, await typesOf('without'));
    const functions = async (namespace: string) =>
      (await pyroscope.flameGraph(CPU, `{namespace="${namespace}"}`)).names.filter((name) =>
        name.includes('beast-routes'),
      );
    assert.deepEqual(new Set(await functions('production')).isDisjointFrom(new Set(await functions('without'))), false);
  });

  test('has no id in the names of series, and few names of spans', async () => {
    const { names: labels = [] } = await pyroscope.ask<{ names?: string[] }>('LabelNames', { matchers: [OF_SERVER] });
    assert.ok(labels.includes('span_name'), labels.join());
    for (const id of ['profile_id', 'span_id', 'trace_id']) assert.ok(!labels.includes(id), id);
    const { names = [] } = await pyroscope.ask<{ names?: string[] }>('LabelValues', {
      name: 'span_name',
      matchers: [OF_SERVER],
    });
    assert.ok(names.includes('GET /:beast') && names.length <= 4, names.join());
  });
});

const BURNING_NAME = new RegExp(`:(${BURNING.join('|')}):`);

/** Each server span, with the CPU time of its samples. */
function spansOf(sandbox: Sandbox): Promise<SpanRow[]> {
  return sandbox.rows<SpanRow>(`
    with samples as (
      select span_id, sum(value) / 1e6 as cpu,
             coalesce(sum(value) filter (list_has_any(stack, ['${BURNING.join("', '")}'])), 0) / 1e6 as burning
      from profiles where type = 'cpu' and span_id is not null group by span_id)
    select s.span_id, s.trace_id, epoch_ms(s.start_time)::double as start_ms, s.duration_ms,
           coalesce(p.cpu, 0)::double as cpu, coalesce(p.burning, 0)::double as burning
    from spans s left join samples p on p.span_id = (s.attributes->>'pyroscope.profile.id')
    where s.kind = 'server' and s.name = 'GET /:beast'`);
}

async function addBeasts(server: RunningService, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await post(`${server.url}/unicorn`, { name: `of many ${index}` });
}

const burnCpu = (server: RunningService) => post(`${server.url}/scenarios`, { name: 'cpu-burn', seconds: 60 });

/** For so many seconds; on a busy machine for up to 30 more, until there were `atLeast` so many requests. */
async function makeRequests(
  { url }: RunningService,
  { seconds, loops, atLeast = 0 }: { seconds: number; loops: number; atLeast?: number },
) {
  const end = Date.now() + seconds * 1000;
  let made = 0;
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (Date.now() < end || (made < atLeast && Date.now() < end + 30_000)) {
        await (await fetch(`${url}/unicorn?limit=300`)).arrayBuffer();
        made++;
        await sleep(1);
      }
    }),
  );
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${response.status} ${await response.text()}`);
}

const burntShare = ({ cpu, burning }: SpanRow) => burning / cpu;
const sum = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const describeShares = (shares: number[]) =>
  `share of the burning function ${median(shares).toFixed(3)} (median), ${Math.min(...shares).toFixed(3)} (least)`;
