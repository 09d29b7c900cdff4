import { ADDRESSES } from './addresses.ts';
import { getJson } from './http.ts';

/** `labels` holds the stream's labels and the line's structured metadata alike, as Loki answers them. */
export type Line = { labels: Record<string, string>; text: string; timeNs: bigint };

/** Lines of the last `minutes`, newest first. */
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
