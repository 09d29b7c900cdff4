import { requestJson } from '../http.ts';
import type { Answer } from './answers.ts';
import { fillInDurations, type Range, stepOf } from './range.ts';
import type { Panel, Target } from './read.ts';
import { FORMATS, fill, type Values } from './variables.ts';

type Data =
  | { resultType: 'streams'; result: { stream: Record<string, string>; values: [string, string][] }[] }
  | { resultType: 'matrix'; result: { metric: Record<string, string>; values: [number, string][] }[] }
  | { resultType: 'vector'; result: { metric: Record<string, string>; value: [number, string] }[] };

export async function askLoki(
  url: string,
  panel: Panel,
  target: Target,
  values: Values,
  range: Range,
): Promise<Answer> {
  const stepMs = stepOf(panel, target, range, 1_000);
  const instant = target.queryType === 'instant';
  const query = logqlOf(target.expr!, values, range, instant ? range.to - range.from : stepMs);
  const data = await ask(
    `${url}/loki/api/v1/${instant ? 'query' : 'query_range'}`,
    instant
      ? { query, time: `${range.to}000000` }
      : {
          query,
          start: `${range.from}000000`,
          end: `${range.to}000000`,
          step: `${stepMs}ms`,
          limit: String(target.maxLines ?? 1_000),
        },
  );
  switch (data.resultType) {
    case 'streams':
      return {
        kind: 'lines',
        lines: data.result
          .flatMap(({ stream, values }) =>
            values.map(([ns, text]) => ({ at: Number(BigInt(ns) / 1_000_000n), text, labels: stream })),
          )
          .sort((a, b) => b.at - a.at),
      };
    case 'matrix':
      return {
        kind: 'series',
        series: data.result.map(({ metric, values: points }) => ({
          name: nameOf(metric, target.legendFormat),
          labels: metric,
          points: points.map(([at, text]) => [at * 1_000, Number(text)]),
          exemplars: [],
        })),
      };
    case 'vector':
      if (panel.type === 'stat') {
        const points = ([at, text]: [number, string]): [number, number][] => [[at * 1_000, Number(text)]];
        const series = data.result.map(({ metric, value }) => ({
          name: nameOf(metric),
          labels: metric,
          points: points(value),
          exemplars: [],
        }));
        return { kind: 'series', series };
      }
      return {
        kind: 'rows',
        rows: data.result.map(({ metric, value }) => ({
          ...metric,
          Time: value[0] * 1_000,
          [`Value #${target.refId}`]: Number(value[1]),
        })),
      };
  }
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

function nameOf(labels: Record<string, string>, legend = ''): string {
  return legend === ''
    ? Object.values(labels).join(' ')
    : legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
}
