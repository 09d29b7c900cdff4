import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type RunningService, startSandbox } from '../support/sandbox.ts';
import {
  addBeasts,
  burnCpu,
  burntShare,
  describeShares,
  makeRequests,
  median,
  type SpanRow,
  skip,
  spansOf,
} from '../support/span-profiles.ts';
import { useStarted } from '../support/use-started.ts';

/** From a span to its own flame graph, with data from the real server. */

/** The scenario burns for 100 ms of wall-clock time; on a busy machine, only part of it is CPU time. */
const BURNED_MS = 20;

describe('the flame graph of a span', { skip }, () => {
  const sandbox = useStarted(startSandbox);
  let server: RunningService;
  let spans: SpanRow[];

  before(async () => {
    server = await sandbox.start('server');
    await addBeasts(server, 300);
    await burnCpu(server);
    // Two at a time: while one computes, the other can only wait, and is just as slow without being the cause.
    await makeRequests(server, { seconds: 8, loops: 2, atLeast: 150 });
    assert.equal((await server.stop()).code, 0);
    spans = await spansOf(sandbox);
  });

  test('is dominated by the burning function, if the span burned CPU', (t) => {
    const burned = spans.filter(({ burning }) => burning > BURNED_MS);
    t.diagnostic(`${burned.length} of ${spans.length} spans burned; ${describeShares(burned.map(burntShare))}`);
    assert.ok(burned.length >= 5, `${burned.length} spans with ${BURNED_MS} ms in the burning function`);
    for (const span of burned) assert.ok(burntShare(span) > 0.5, JSON.stringify(span));
    assert.ok(median(burned.map(burntShare)) > 0.9);
  });

  test('is not, for fast spans in the same seconds', (t) => {
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

  test('distinguishes spans that burned CPU from spans that waited for them, although both are slow', (t) => {
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

  test('belongs to an entry span of the same service and trace; each has the attribute', async () => {
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

  test('span names are those of routes: as many as there are routes and methods', async () => {
    const names = await sandbox.rows<{ name: string }>(
      `select distinct labels->>'span_name' as name from profiles where labels->>'span_name' is not null order by name`,
    );
    for (const { name } of names) assert.match(name, /^(GET|POST) \/(:beast|scenarios)$/);
  });

  test('leaves the process’ whole profile intact: work outside of spans is included', async () => {
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

const sum = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
