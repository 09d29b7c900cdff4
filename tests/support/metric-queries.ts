import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { type Answer, amount } from '../../grafana/model/dashboards/answers.ts';
import { askMimir, promqlOf } from '../../grafana/model/dashboards/ask-mimir.ts';
import { openingRange } from '../../grafana/model/dashboards/range.ts';
import {
  type Dashboard,
  type Panel,
  panelsOf,
  readDashboards,
  type Target,
} from '../../grafana/model/dashboards/read.ts';
import { savedValues, type Values } from '../../grafana/model/dashboards/variables.ts';
import { getJson } from '../../grafana/model/http.ts';
import { mayBeEmpty } from '../e2e/dashboards/may-be-empty.ts';
import type { OtelSandbox } from './otel-sandbox.ts';
import { until } from './until.ts';

/** A PromQL query on a dashboard: of a panel, or of an annotation. */
export type MetricQuery = { dashboard: string; panel: Panel; target: Target; values: Values; board: Dashboard };

export function metricQueries(): MetricQuery[] {
  return [...readDashboards()].flatMap(([dashboard, board]) => {
    const values = savedValues(board);
    const annotations = board.annotations.list.map(({ name, datasource, expr, step }) => ({
      panel: { id: 0, type: 'annotation', title: name, gridPos: { x: 0, y: 0, w: 24, h: 1 } },
      target: { refId: 'Anno', datasource, expr, interval: step },
    }));
    const ofPanels = panelsOf(board).flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel, target })));
    return [...ofPanels, ...annotations]
      .filter(({ target }) => target.datasource.uid === 'mimir')
      .map((query) => ({ dashboard, board, values, ...query }));
  });
}

/** @throws if Prometheus rejects the query, with its reason */
export const askPrometheus = (url: string, { panel, target, values, board }: MetricQuery): Promise<Answer> =>
  askMimir(url, { panel, target, values, range: openingRange(board) });

/** Metrics that exist whenever the application and the collector run. */
const ALWAYS_THERE = /^(mythical_|slo:|nodejs_|otelcol_|traces_(?!spanmetrics_latency\{))/;

/**
 * Why a query may have no result: it is about something that exists only after a problem, or about a component that doesn't
 * run here. Undefined if it must have a result.
 */
export async function whyEmpty(
  url: string,
  { dashboard, panel, target, values, board }: MetricQuery,
): Promise<string | undefined> {
  if (mayBeEmpty(dashboard, panel.title) || panel.type === 'annotation') return 'nothing went wrong';
  for (const selector of selectorsOf(promqlOf(target.expr!, values, openingRange(board), 15_000))) {
    if (ALWAYS_THERE.test(selector)) continue;
    if ((await count(url, `last_over_time(${selector}[5m])`)) === 0) return `no series here for ${selector}`;
  }
  return undefined;
}

export const isEmpty = (answer: Answer): boolean => amount(answer) === 0;

/** The number of series for an expression. */
export async function count(url: string, promql: string): Promise<number> {
  const { data } = await getJson<{ data: { result: { value: [number, string] }[] } }>(
    `${url}/prometheus/api/v1/query`,
    {
      query: `count(${promql})`,
    },
  );
  return Number(data.result[0]?.value[1] ?? 0);
}

/** Trace ids in a metric's exemplars. */
export async function exemplarTraces(url: string, query: string): Promise<string[]> {
  const now = Date.now() / 1000;
  const { data } = await getJson<{ data: { exemplars: { labels: Record<string, string> }[] }[] }>(
    `${url}/prometheus/api/v1/query_exemplars`,
    { query, start: String(now - 300), end: String(now) },
  );
  const ids = data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.traceID ?? labels.trace_id));
  return [...new Set(ids)].filter((id) => id !== undefined);
}

/** Waits for exemplars of a metric, and for their traces in lens. */
export async function exemplarsLeadToTraces({ prometheus, sandbox }: OtelSandbox, metric: string): Promise<void> {
  const ids = await until(() => exemplarTraces(prometheus.url, metric), { what: () => `exemplars of ${metric}` });
  const wanted = ids.slice(0, 20).map((id) => `'${id}'`);
  const found = () => sandbox.rows(`select distinct trace_id from spans where trace_id in (${wanted.join()})`);
  await until(async () => (await found()).length === wanted.length, { what: () => `the traces ${wanted.join()}` });
}

/** Queries that must have data when only the application and the collector run. */
const AT_LEAST = 130;

/** How long new data may take to get through. */
const PATIENCE_MS = 100_000;

/** Tests that each metric query of the dashboards has data, or is about a component that isn't running. */
export function testMetricQueries(running: { prometheus: { url: string } }): void {
  let answered = 0;
  let patientUntil = 0;
  before(() => {
    patientUntil = Date.now() + PATIENCE_MS;
  });
  for (const query of metricQueries()) {
    test(`${query.dashboard}: ${query.panel.title} ${query.target.refId}`, async (t) => {
      if (!isEmpty(await askPrometheus(running.prometheus.url, query))) return void answered++;
      const why = await whyEmpty(running.prometheus.url, query);
      if (why !== undefined) return t.skip(`taken by Prometheus; ${why}`);
      await until(async () => !isEmpty(await askPrometheus(running.prometheus.url, query)), {
        timeoutMs: Math.max(0, patientUntil - Date.now()),
        intervalMs: 1_000,
        what: () => `data for ${query.target.expr}`,
      });
      answered++;
    });
  }
  test('have data here, wherever the application or the collector is what they are about', (t) => {
    t.diagnostic(`${answered} of ${metricQueries().length} have data`);
    assert.ok(answered >= AT_LEAST, String(answered));
  });
}

function selectorsOf(promql: string): string[] {
  const selectors = new Set<string>();
  parser.parse(promql).iterate({
    enter({ name, from, to }) {
      if (name === 'VectorSelector') selectors.add(promql.slice(from, to));
    },
  });
  return [...selectors];
}
