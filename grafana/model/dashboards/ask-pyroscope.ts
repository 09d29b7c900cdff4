import { postJson } from '../http.ts';
import type { Answer } from './answers.ts';
import { type Range, stepOf } from './range.ts';
import type { Panel, Target } from './read.ts';
import { FORMATS, fill, type Values } from './variables.ts';

/** How often a service pushes a profile, as in datasources.yaml. */
const LEAST_STEP_MS = 15_000;

// Grafana: pkg/tsdb/grafana-pyroscope-datasource/query.go
export async function askPyroscope(
  url: string,
  panel: Panel,
  target: Target,
  values: Values,
  range: Range,
): Promise<Answer> {
  const query = {
    profileTypeID: target.profileTypeId,
    labelSelector: fill(target.labelSelector!, (name) => values[name], FORMATS.pipe),
    start: Math.floor(range.from),
    end: Math.floor(range.to),
  };
  if (target.queryType === 'metrics') {
    const step = stepOf(panel, target, range, LEAST_STEP_MS) / 1_000;
    const { unit, factor } = seriesOf(target.profileTypeId!, step);
    const { series = [] } = await postJson<{
      series?: { labels?: { name: string; value: string }[]; points: { value?: number; timestamp: string }[] }[];
    }>(`${url}/querier.v1.QuerierService/SelectSeries`, { ...query, groupBy: target.groupBy, step });
    return {
      kind: 'series',
      series: series.map(({ labels = [], points }) => ({
        name: labels.map(({ value }) => value).join(' '),
        labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
        unit,
        points: points.map(({ value, timestamp }) => [Number(timestamp), (value ?? 0) * factor]),
        exemplars: [],
      })),
    };
  }
  const { flamegraph } = await postJson<{
    flamegraph?: { names: string[]; levels: { values: string[] }[]; total: string };
  }>(`${url}/querier.v1.QuerierService/SelectMergeStacktraces`, { ...query, maxNodes: 4_096 });
  return {
    kind: 'flames',
    names: flamegraph?.names ?? [],
    levels: (flamegraph?.levels ?? []).map(({ values }) => values.map(Number)),
    total: Number(flamegraph?.total ?? 0),
  };
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
