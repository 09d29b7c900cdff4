import type { FlameGraph } from '../flame-graph.ts';
import { postJson } from '../http.ts';
import type { Answer } from './answers.ts';
import type { Question } from './question.ts';
import { type Range, stepOf } from './range.ts';
import type { Target } from './read.ts';
import { FORMATS, fill } from './variables.ts';

/** How often a service pushes a profile, as in datasources.yaml. */
const LEAST_STEP_MS = 15_000;

// Grafana: pkg/tsdb/grafana-pyroscope-datasource/query.go
export async function askPyroscope(url: string, { panel, target, values, range }: Question): Promise<Answer> {
  const labelSelector = fill(target.labelSelector!, (name) => values[name], FORMATS.pipe);
  if (target.queryType !== 'metrics') {
    const { names } = await flameGraphOf(url, { ...target, labelSelector }, range);
    // The first frame is "total", which exists even without data.
    return { kind: 'functions', count: Math.max(0, names.length - 1) };
  }
  const { series = [] } = await postJson<{
    series?: { labels?: { name: string; value: string }[]; points: unknown[] }[];
  }>(`${url}/querier.v1.QuerierService/SelectSeries`, {
    ...query({ ...target, labelSelector }, range),
    groupBy: target.groupBy,
    step: stepOf(panel, target, range, LEAST_STEP_MS) / 1_000,
  });
  return {
    kind: 'series',
    series: series
      .filter(({ points }) => points.length > 0)
      .map(({ labels = [] }) => ({
        name: labels.map(({ value }) => value).join(' '),
        labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
      })),
  };
}

type Query = Pick<Target, 'profileTypeId' | 'labelSelector' | 'spanSelector'>;

const query = ({ profileTypeId, labelSelector }: Query, { from, to }: Range) => ({
  ...{ profileTypeID: profileTypeId, labelSelector, start: Math.floor(from), end: Math.floor(to) },
});

/** The flame graph of everything that matches, or only of these spans. */
export async function flameGraphOf(url: string, { spanSelector, ...target }: Query, range: Range): Promise<FlameGraph> {
  const method = spanSelector?.length ? 'SelectMergeSpanProfile' : 'SelectMergeStacktraces';
  const { flamegraph } = await postJson<{ flamegraph?: Partial<FlameGraph> }>(
    `${url}/querier.v1.QuerierService/${method}`,
    { ...query(target, range), ...(spanSelector && { spanSelector }), maxNodes: 4_096 },
  );
  return { names: [], levels: [], ...flamegraph };
}

/** The types used here that are in Grafana's list; "cumulative" ones become a rate. */
// Grafana: pkg/tsdb/grafana-pyroscope-datasource/profile-metrics.json
const LISTED: Record<string, { cumulative: boolean; cpu: boolean }> = {
  'process_cpu:cpu:nanoseconds:cpu:nanoseconds': { cumulative: true, cpu: true },
  'memory:inuse_space:bytes:space:bytes': { cumulative: false, cpu: false },
};

/**
 * How the data source converts values over time: values of a cumulative type are divided by the seconds of a step, and get
 * the unit of a rate. A type that is not in its list, such as those of Node.js, counts as cumulative if its unit is bytes or
 * nanoseconds. That includes memory in use, for which a rate makes no sense.
 */
// Grafana: pkg/tsdb/grafana-pyroscope-datasource/query.go, seriesToDataFrames; profile_metadata.go, IsCumulativeProfile;
// pyroscopeClient.go, getUnits
export function seriesOf(profileTypeId: string, stepS: number): { unit: string; factor: number } {
  const counted = profileTypeId.split(':')[2]!;
  const unit = { nanoseconds: 'ns', count: 'short' }[counted] ?? counted;
  const { cumulative, cpu } = LISTED[profileTypeId] ?? { cumulative: unit === 'ns' || unit === 'bytes', cpu: false };
  if (!cumulative) return { unit, factor: 1 };
  if (cpu) return { unit: 'cores', factor: 1 / stepS / 1e9 };
  return { unit: { bytes: 'binBps', short: 'ops' }[unit] ?? unit, factor: 1 / stepS };
}
