import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as pyroscope from '@grafana/grafana-foundation-sdk/grafanapyroscope';
import * as loki from '@grafana/grafana-foundation-sdk/loki';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as tempo from '@grafana/grafana-foundation-sdk/tempo';
import { LOKI, MIMIR, POSTGRES, PYROSCOPE, TEMPO } from './data-sources.ts';

export type Query = Builder<Dataquery>;

type Legend = {
  /** `{{label}}` is the value of a label. By default, the labels that the query groups by. */
  legend?: string;
};

type Every = {
  /**
   * How often the series has samples. The application has one every 5 s, which is the data source's default. Set it for all
   * others: `$__rate_interval` is four times this, and a rate over fewer than two samples has no value.
   */
  every?: '15s';
};

type PromqlOptions = Legend &
  Every & { /** Dots on the graph, each one a real, measured request. */ exemplars?: boolean };

/** `{{method}} {{status}}` for a query that groups by these labels; without `le`, the label of buckets. */
function labelsOf(expr: string): string {
  const labels = /\bby \(([^()]+)\)/.exec(expr)?.[1]?.split(', ') ?? [];
  return labels.flatMap((label) => (label === 'le' ? [] : [`{{${label}}}`])).join(' ');
}

const CODE = prometheus.QueryEditorMode.Code;
const prometheusQuery = (expr: string) => new prometheus.DataqueryBuilder().datasource(MIMIR).expr(expr);

/** A range query, for a graph. */
export function promql(expr: string, { legend = labelsOf(expr), every, exemplars }: PromqlOptions = {}): Query {
  const query = prometheusQuery(expr).legendFormat(legend).range().editorMode(CODE);
  if (exemplars) query.exemplar(true);
  if (every) query.interval(every);
  return query;
}

/** A range query for each legend, all with samples this often: for a graph of several series. */
export const promqlByLegend = (every: '5s' | '15s', exprs: Record<string, string>): Query[] =>
  Object.entries(exprs).map(([legend, expr]) => promql(expr, { legend, ...(every === '15s' && { every }) }));

/**
 * One value for each series, at the end of the time range: for queries over the whole range (`$__range`), and for sorted
 * results, because only instant queries can be sorted (`sort`).
 */
export function promqlNow(expr: string): Query {
  const legend = labelsOf(expr);
  const query = prometheusQuery(expr).instant().editorMode(CODE);
  return legend === '' ? query : query.legendFormat(legend);
}

/** One value for each series, at the end of the time range; as a table, with labels as columns. */
export function promqlTable(expr: string, { every }: Every = {}): Query {
  const query = prometheusQuery(expr).instant().format(prometheus.PromQueryFormat.Table).editorMode(CODE);
  return every ? query.interval(every) : query;
}

/** Histogram buckets over time. */
export function promqlHeatmap(expr: string): Query {
  const query = prometheusQuery(expr).legendFormat('{{le}}').range().format(prometheus.PromQueryFormat.Heatmap);
  return query.exemplar(true).editorMode(CODE);
}

/** Log lines, or a metric computed from them. */
export function logql(
  expr: string,
  { legend = labelsOf(expr), maxLines = 100 }: Legend & { maxLines?: number } = {},
): Query {
  return new loki.DataqueryBuilder()
    .datasource(LOKI)
    .expr(expr)
    .queryType('range')
    .legendFormat(legend)
    .maxLines(maxLines);
}

/** A metric computed from log lines: one value for each series, at the end of the time range. */
export function logqlNow(expr: string): Query {
  return new loki.DataqueryBuilder().datasource(LOKI).expr(expr).queryType('instant');
}

/**
 * The newest spans that match a TraceQL query, one per row. Without the hint, Tempo returns the first that it finds.
 *
 * @param select attributes that become columns; Tempo leaves out span names unless they are selected
 */
export function traceql(
  query: string,
  { select = ['name'], limit = 20 }: { select?: string[]; limit?: number } = {},
): Query {
  return new tempo.DataqueryBuilder()
    .datasource(TEMPO)
    .queryType('traceql')
    .query(`${query} | select(${select.join(', ')}) with (most_recent=true)`)
    .tableType(tempo.SearchTableType.Spans)
    .limit(limit);
}

/** A metric that Tempo computes from spans at query time. With a shorter step, sparse spans would look like spikes. */
export function traceqlMetric(query: string): Query {
  return new tempo.DataqueryBuilder()
    .datasource(TEMPO)
    .queryType('traceql')
    .query(query)
    .metricsQueryType(tempo.MetricsQueryType.Range)
    .step('15s');
}

/** All spans of one trace. */
export function oneTrace(traceId: string): Query {
  return new tempo.DataqueryBuilder().datasource(TEMPO).queryType('traceql').query(traceId);
}

/** The service graph: Tempo's data source draws it from metrics in Mimir. */
export function serviceGraph(): Query {
  return new tempo.DataqueryBuilder().datasource(TEMPO).queryType('serviceMap').serviceMapQuery('{}');
}

/** A flame graph: functions that were on the CPU, or held memory. */
export function flameGraph(profileTypeId: string, labelSelector: string): Query {
  return new pyroscope.DataqueryBuilder()
    .datasource(PYROSCOPE)
    .queryType('profile')
    .profileTypeId(profileTypeId)
    .labelSelector(labelSelector)
    .groupBy([]);
}

/** The total of profiles over time. */
export function profileGraph(profileTypeId: string, labelSelector: string, groupBy: string[] = []): Query {
  return new pyroscope.DataqueryBuilder()
    .datasource(PYROSCOPE)
    .queryType('metrics')
    .profileTypeId(profileTypeId)
    .labelSelector(labelSelector)
    .groupBy(groupBy);
}

/** Rows from the application's own database. */
export function sql(rawSql: string): Query {
  // The SDK has no builder for Postgres queries.
  return {
    build: () => ({ datasource: POSTGRES, rawSql, format: 'table', rawQuery: true, editorMode: 'code' }) as never,
  };
}
