import { getJson } from '../../../grafana/model/http.ts';
import { ADDRESSES } from './addresses.ts';

/** `labels` contains stream labels and structured metadata, as in Loki's response. */
export type Line = { labels: Record<string, string>; text: string; timeNs: bigint };

/** Lines from the last `minutes`, newest first. */
export async function lines(logql: string, { limit = 100, minutes = 5 } = {}): Promise<Line[]> {
  const { data } = await getJson<{
    data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
  }>(`${ADDRESSES.loki}/loki/api/v1/query_range`, {
    query: logql,
    limit: String(limit),
    since: `${minutes}m`,
    direction: 'backward',
  });
  return data.result.flatMap(({ stream, values }) =>
    values.map(([timeNs, text]) => ({ labels: stream, text, timeNs: BigInt(timeNs) })),
  );
}

/** Names of stream labels that match the selector in the last five minutes. */
export async function streamLabels(selector: string): Promise<string[]> {
  const { data } = await getJson<{ data: Record<string, string>[] }>(`${ADDRESSES.loki}/loki/api/v1/series`, {
    'match[]': selector,
    since: '5m',
  });
  return [...new Set(data.flatMap((labels) => Object.keys(labels)))].toSorted();
}
