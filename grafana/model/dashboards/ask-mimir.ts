import { getJson, requestJson } from '../http.ts';
import { type Answer, nameOf, type Series } from './answers.ts';
import type { Question } from './question.ts';
import { fillInDurations, type Range, stepOf } from './range.ts';
import type { Target } from './read.ts';
import { FORMATS, fill, type Values } from './variables.ts';

/** The application's scrape interval, as in datasources.yaml. */
const SCRAPE_MS = 5_000;

type Result = {
  metric: Record<string, string>;
  values?: [number, string][];
  histograms?: unknown[];
  value?: [number, string];
};

export async function askMimir(url: string, { panel, target, values, range }: Question): Promise<Answer> {
  const stepMs = stepOf(panel, target, range, SCRAPE_MS);
  const query = promqlOf(target.expr!, values, range, stepMs, target.interval === '15s' ? 15_000 : SCRAPE_MS);
  const api = `${url}/prometheus/api/v1`;
  const [start, end] = [String(range.from / 1_000), String(range.to / 1_000)];
  if (!target.instant) {
    const result = await ask(`${api}/query_range`, { query, start, end, step: String(stepMs / 1_000) });
    if (target.exemplar) await getJson(`${api}/query_exemplars`, { query, start, end });
    return { kind: 'series', series: drawn(result, target, values) };
  }
  const result = await ask(`${api}/query`, { query, time: end });
  if (target.format !== 'table') return { kind: 'series', series: drawn(result, target, values) };
  const rows = result.map(({ metric, value }) => ({ ...metric, Time: value![0] * 1_000, Value: Number(value![1]) }));
  return { kind: 'rows', rows: rows.filter(({ Value }) => !Number.isNaN(Value)) };
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

async function ask(url: string, parameters: Record<string, string>): Promise<Result[]> {
  const { status, body } = await requestJson(url, { method: 'POST', body: new URLSearchParams(parameters) });
  const answer = body as { status: string; error?: string; data: { result: Result[] } };
  if (status !== 200 || answer.status !== 'success')
    throw new Error(`Mimir answered ${status} ${answer.error}\n${parameters.query}`);
  return answer.data.result;
}

/** The series that have a value. Only a heatmap draws native histograms. */
function drawn(results: Result[], { format, legendFormat = '' }: Target, variables: Values): Series[] {
  const legend = fill(legendFormat, (name) => variables[name], FORMATS.regex);
  return results
    .filter(({ values = [], value, histograms = [] }) => {
      const hasNumber = [...values, ...(value ? [value] : [])].some(([, text]) => Number.isFinite(Number(text)));
      return hasNumber || (format === 'heatmap' && histograms.length > 0);
    })
    .map(({ metric: { __name__: _, ...labels } }) => ({ name: nameOf(labels, legend), labels }));
}
