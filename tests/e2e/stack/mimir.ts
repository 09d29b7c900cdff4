import { getJson } from '../../../grafana/model/http.ts';
import { ADDRESSES } from './addresses.ts';

export type Series = { metric: Record<string, string>; value: number };
export type Exemplar = { labels: Record<string, string> };

/** An instant query in PromQL: the latest value of each series. */
export async function query(promql: string): Promise<Series[]> {
  const { data } = await getJson<{
    data: {
      result: { metric: Record<string, string>; value?: [number, string]; histogram?: [number, { count: string }] }[];
    };
  }>(`${ADDRESSES.mimir}/prometheus/api/v1/query`, { query: promql });
  return data.result.map(({ metric, value, histogram }) => ({
    metric,
    // A native histogram has no single value; use its number of observations.
    value: Number(value?.[1] ?? histogram?.[1].count),
  }));
}

/** The exemplars of the last five minutes for all series that match the query. */
export async function exemplars(promql: string): Promise<Exemplar[]> {
  const now = Date.now() / 1000;
  const { data } = await getJson<{ data: { exemplars: Exemplar[] }[] }>(
    `${ADDRESSES.mimir}/prometheus/api/v1/query_exemplars`,
    { query: promql, start: String(now - 300), end: String(now) },
  );
  return data.flatMap(({ exemplars }) => exemplars);
}
