import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as pyroscope from '@grafana/grafana-foundation-sdk/grafanapyroscope';
import * as loki from '@grafana/grafana-foundation-sdk/loki';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as tempo from '@grafana/grafana-foundation-sdk/tempo';
import { LOKI, MIMIR, POSTGRES, PYROSCOPE, TEMPO } from './data-sources.ts';

export type Query = Builder<Dataquery>;

export type PromqlOptions = {
  /** The legend: `{{label}}` is the value of a label. */
  legend?: string;
  /**
   * How often the series has samples. The application has one every 5 s, which is the data source's default. Set it for all
   * others: `$__rate_interval` is four times this, and a rate over fewer than two samples has no value.
   */
  every?: '15s';
  /** Dots on the graph, each one a real, measured request. */
  exemplars?: boolean;
};

/** A range query, for a graph. */
export function promql(expr: string, { legend = '', every, exemplars = false }: PromqlOptions = {}): Query {
  const query = new prometheus.DataqueryBuilder()
    .datasource(MIMIR)
    .expr(expr)
    .legendFormat(legend)
    .range()
    .editorMode(prometheus.QueryEditorMode.Code);
  if (exemplars) query.exemplar(true);
  if (every) query.interval(every);
  return query;
}

/**
 * One value for each series, at the end of the time range: for queries over the whole range (`$__range`), and for sorted
 * results, because only instant queries can be sorted (`sort`).
 */
export function promqlNow(expr: string, { legend }: Pick<PromqlOptions, 'legend'> = {}): Query {
  const query = new prometheus.DataqueryBuilder()
    .datasource(MIMIR)
    .expr(expr)
    .instant()
    .editorMode(prometheus.QueryEditorMode.Code);
  if (legend !== undefined) query.legendFormat(legend);
  return query;
}

/** One value for each series, at the end of the time range; as a table, with labels as columns. */
export function promqlTable(expr: string, { every }: Pick<PromqlOptions, 'every'> = {}): Query {
  const query = new prometheus.DataqueryBuilder()
    .datasource(MIMIR)
    .expr(expr)
    .instant()
    .format(prometheus.PromQueryFormat.Table)
    .editorMode(prometheus.QueryEditorMode.Code);
  if (every) query.interval(every);
  return query;
}

/** Histogram buckets over time. */
export function promqlHeatmap(expr: string): Query {
  return new prometheus.DataqueryBuilder()
    .datasource(MIMIR)
    .expr(expr)
    .legendFormat('{{le}}')
    .range()
    .format(prometheus.PromQueryFormat.Heatmap)
    .exemplar(true)
    .editorMode(prometheus.QueryEditorMode.Code);
}

/** Log lines, or a metric computed from them. */
export function logql(
  expr: string,
  { legend = '', maxLines = 100 }: { legend?: string; maxLines?: number } = {},
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
 * Spans that match a TraceQL query, one per row.
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
    .query(`${query} | select(${select.join(', ')})`)
    .tableType(tempo.SearchTableType.Spans)
    .limit(limit);
}

/** A metric that Tempo computes from spans at query time. With a shorter step, sparse spans would look like spikes. */
export function traceqlMetric(query: string, { step = '15s' }: { step?: string } = {}): Query {
  return new tempo.DataqueryBuilder()
    .datasource(TEMPO)
    .queryType('traceql')
    .query(query)
    .metricsQueryType(tempo.MetricsQueryType.Range)
    .step(step);
}

/** All spans of one trace. */
export function oneTrace(traceId: string): Query {
  return new tempo.DataqueryBuilder().datasource(TEMPO).queryType('traceql').query(traceId);
}

/** The service graph: Tempo's data source draws it from metrics in Mimir. */
export function serviceGraph(selector = '{}'): Query {
  return new tempo.DataqueryBuilder().datasource(TEMPO).queryType('serviceMap').serviceMapQuery(selector);
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
