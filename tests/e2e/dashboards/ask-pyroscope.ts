import { postJson } from '../stack/http.ts';
import type { Answer } from './answers.ts';
import type { Range } from './range.ts';
import type { Target } from './read.ts';
import { FORMATS, fill, type Values } from './variables.ts';

/** As datasources.yaml says: a service pushes one profile in this time. */
const STEP_S = 15;

// Grafana: pkg/tsdb/grafana-pyroscope-datasource/query.go
export async function askPyroscope(url: string, target: Target, values: Values, { from, to }: Range): Promise<Answer> {
  const query = {
    profileTypeID: target.profileTypeId,
    labelSelector: fill(target.labelSelector!, (name) => values[name], FORMATS.pipe),
    start: Math.floor(from),
    end: Math.floor(to),
  };
  if (target.queryType === 'metrics') {
    const { series = [] } = await postJson<{
      series?: { labels?: { name: string; value: string }[]; points: { value?: number; timestamp: string }[] }[];
    }>(`${url}/querier.v1.QuerierService/SelectSeries`, { ...query, groupBy: target.groupBy, step: STEP_S });
    return {
      kind: 'series',
      series: series.map(({ labels = [], points }) => ({
        name: labels.map(({ value }) => value).join(' '),
        labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
        points: points.map(({ value, timestamp }) => [Number(timestamp), value ?? 0]),
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
