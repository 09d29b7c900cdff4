import { requestJson } from '../http.ts';
import { type Answer, nameOf } from './answers.ts';
import type { Question } from './question.ts';
import { fillInDurations, type Range, stepOf } from './range.ts';
import { FORMATS, fill, type Values } from './variables.ts';

type Labels = Record<string, string>;
type Data =
  | { resultType: 'streams'; result: { values: unknown[] }[] }
  | { resultType: 'matrix'; result: { metric: Labels }[] }
  | { resultType: 'vector'; result: { metric: Labels; value: [number, string] }[] };

export async function askLoki(url: string, { panel, target, values, range }: Question): Promise<Answer> {
  const stepMs = stepOf(panel, target, range, 1_000);
  const instant = target.queryType === 'instant';
  const query = logqlOf(target.expr!, values, range, instant ? range.to - range.from : stepMs);
  const limit = String(target.maxLines ?? 1_000);
  const times = { start: `${range.from}000000`, end: `${range.to}000000`, step: `${stepMs}ms` };
  const data = instant
    ? await ask(`${url}/loki/api/v1/query`, { query, time: `${range.to}000000` })
    : await ask(`${url}/loki/api/v1/query_range`, { query, limit, ...times });
  if (data.resultType === 'streams')
    return { kind: 'lines', count: data.result.reduce((sum, { values }) => sum + values.length, 0) };
  if (data.resultType === 'matrix' || panel.type === 'stat') {
    const series = data.result.map(({ metric }) => ({ name: nameOf(metric, target.legendFormat), labels: metric }));
    return { kind: 'series', series };
  }
  const rows = data.result.map(({ metric, value }) => ({
    ...metric,
    Time: value[0] * 1_000,
    [`Value #${target.refId}`]: Number(value[1]),
  }));
  return { kind: 'rows', rows };
}

/** The query as sent to Loki. */
// Grafana: pkg/tsdb/loki/parse_query.go, interpolateVariables
export function logqlOf(expr: string, values: Values, { from, to }: Range, stepMs: number): string {
  return fillInDurations(
    fill(expr, (name) => values[name], FORMATS.regex),
    { __auto: stepMs, __interval: stepMs, __rate_interval: stepMs, __range: Math.round((to - from) / 1_000) * 1_000 },
  );
}

async function ask(url: string, parameters: Record<string, string>): Promise<Data> {
  // Loki reports query errors as plain text.
  const { status, body } = await requestJson(`${url}?${new URLSearchParams(parameters)}`);
  if (status !== 200) throw new Error(`Loki answered ${status} ${JSON.stringify(body)}\n${parameters.query}`);
  return (body as { data: Data }).data;
}
