import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { shareOf } from '../../grafana/model/flame-graph.ts';
import { startPyroscope } from '../support/pyroscope.ts';
import { realProgram } from '../support/real-program.ts';
import { startSandbox } from '../support/sandbox.ts';
import {
  addBeasts,
  BURNING_NAME,
  burnCpu,
  describeShares,
  makeRequests,
  median,
  type SpanRow,
  skip,
  spansOf,
} from '../support/span-profiles.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

const CPU = 'wall:cpu:nanoseconds:wall:nanoseconds';
const OF_SERVER = '{service_name="mythical-server"}';

const pyroscopeProgram = await realProgram('pyroscope');

describe('the flame graph of a span in Pyroscope', { skip: skip || pyroscopeProgram.skip }, () => {
  const sandbox = useStarted(startSandbox);
  const pyroscope = useStarted(() => startPyroscope(pyroscopeProgram.path!));
  let spans: SpanRow[];

  before(async () => {
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

  test('with Grafana’s query, is dominated by the burning function for a slow span, and not for fast ones', async (t) => {
    const slow = spans.filter(({ duration_ms }) => duration_ms > 95).sort((a, b) => a.start_ms - b.start_ms);
    const shares: number[] = [];
    let burned: SpanRow | undefined;
    for (const span of slow) {
      const graph = await pyroscope.flameGraph(CPU, OF_SERVER, [span.span_id]);
      // Many have only waited, and have one sample or none.
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

  test('comes from the same series: types, function names and labels are those of profiles without spans', async () => {
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

  test('has no IDs in series names, and few span names', async () => {
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
