import { getJson, requestJson } from '../http.ts';
import type { Answer, Exemplar, Series } from './answers.ts';
import { fillInDurations, type Range, stepOf } from './range.ts';
import type { Panel, Target } from './read.ts';
import { FORMATS, fill, type Values } from './variables.ts';

/** The application's scrape interval, as in datasources.yaml. */
const SCRAPE_MS = 5_000;

type Matrix = {
  metric: Record<string, string>;
  values?: [number, string][];
  histograms?: [number, { count: string; sum: string; buckets: [number, string, string, string][] }][];
  value?: [number, string];
  histogram?: [number, unknown];
};

export async function askMimir(
  url: string,
  panel: Panel,
  target: Target,
  values: Values,
  range: Range,
): Promise<Answer> {
  const stepMs = stepOf(panel, target, range, SCRAPE_MS);
  const expr = promqlOf(target.expr!, values, range, stepMs, target.interval === '15s' ? 15_000 : SCRAPE_MS);
  const start = String(range.from / 1_000);
  const end = String(range.to / 1_000);
  if (target.instant) {
    const result = await ask(`${url}/prometheus/api/v1/query`, { query: expr, time: end });
    if (target.format !== 'table') {
      const series = result.map((one) => seriesOf({ ...one, values: [one.value!] }, target, values));
      return { kind: 'series', series };
    }
    return {
      kind: 'rows',
      rows: result
        .map(({ metric, value }) => ({ ...metric, Time: value![0] * 1_000, Value: Number(value![1]) }))
        .filter(({ Value }) => !Number.isNaN(Value)),
    };
  }
  const result = await ask(`${url}/prometheus/api/v1/query_range`, {
    query: expr,
    start,
    end,
    step: String(stepMs / 1_000),
  });
  const series = result.flatMap((one) =>
    target.format === 'heatmap' ? bucketsOf(one) : [seriesOf(one, target, values)],
  );
  if (target.exemplar && series.length > 0) {
    // Exemplars belong to the query as a whole; a series without a value is not drawn.
    const first = series.find(({ points }) => points.some(([, value]) => value !== null));
    if (first) first.exemplars = await exemplarsOf(url, expr, { start, end });
  }
  return { kind: 'series', series };
}

/** The query as sent to Mimir. */
// Grafana: pkg/promlib/models/query.go, InterpolateVariables
export function promqlOf(
  expr: string,
  values: Values,
  { from, to }: Range,
  stepMs: number,
  scrapeMs = SCRAPE_MS,
): string {
  return fillInDurations(
    fill(expr, (name) => values[name], FORMATS.regex),
    {
      __rate_interval: Math.max(stepMs + scrapeMs, 4 * scrapeMs),
      __interval: stepMs,
      __range: Math.round((to - from) / 1_000) * 1_000,
    },
  );
}

async function ask(url: string, parameters: Record<string, string>): Promise<Matrix[]> {
  const { status, body } = await requestJson(url, { method: 'POST', body: new URLSearchParams(parameters) });
  const answer = body as { status: string; error?: string; data: { result: Matrix[] } };
  if (status !== 200 || answer.status !== 'success')
    throw new Error(`Mimir answered ${status} ${answer.error}\n${parameters.query}`);
  return answer.data.result;
}

function seriesOf({ metric, values = [] }: Matrix, { legendFormat = '' }: Target, variables: Values): Series {
  const labels = Object.fromEntries(Object.entries(metric).filter(([name]) => name !== '__name__'));
  const legend = fill(legendFormat, (name) => variables[name], FORMATS.regex);
  return {
    name:
      legend === ''
        ? Object.values(labels).join(' ')
        : legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? ''),
    labels,
    points: values.map(([at, text]) => [at * 1_000, finite(text)]),
    exemplars: [],
  };
}

/** A native histogram comes with its buckets; a classic histogram is one series per bucket. */
function bucketsOf({ metric, values = [], histograms = [] }: Matrix): Series[] {
  if (histograms.length === 0) {
    const le = metric.le ?? '+Inf';
    return [
      { name: le, labels: { le }, points: values.map(([at, text]) => [at * 1_000, finite(text)]), exemplars: [] },
    ];
  }
  const byBound = new Map<string, Series>();
  for (const [at, { buckets = [] }] of histograms) {
    for (const [, , upper, count] of buckets) {
      const series = byBound.get(upper) ?? {
        name: upper,
        labels: { le: upper, native: 'true' },
        points: [],
        exemplars: [],
      };
      series.points.push([at * 1_000, Number(count)]);
      byBound.set(upper, series);
    }
  }
  return [...byBound.values()].sort((a, b) => Number(a.name) - Number(b.name));
}

async function exemplarsOf(url: string, query: string, range: { start: string; end: string }): Promise<Exemplar[]> {
  const { data } = await getJson<{
    data: { exemplars: { labels: Record<string, string>; value: string; timestamp: number }[] }[];
  }>(`${url}/prometheus/api/v1/query_exemplars`, { query, ...range });
  return data.flatMap(({ exemplars }) =>
    exemplars.map(({ labels, value, timestamp }) => ({ labels, value: Number(value), at: timestamp * 1_000 })),
  );
}

const finite = (text: string) => (Number.isFinite(Number(text)) ? Number(text) : null);
