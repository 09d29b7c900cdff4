import { type Span as Row, spansOf, type TempoTrace } from '../../../grafana/model/correlations/samples.ts';
import { getJson, requestJson } from '../../../grafana/model/http.ts';
import { ADDRESSES } from './addresses.ts';

export type Span = {
  traceId: string;
  spanId: string;
  /** Absent for the root. */
  parentSpanId?: string;
  service: string;
  name: string;
  attributes: Record<string, string | number | boolean>;
};

/** IDs of traces that match a TraceQL query in the last `minutes`. */
export async function search(traceql: string, { limit = 50, minutes = 5 } = {}): Promise<string[]> {
  const now = Math.ceil(Date.now() / 1000);
  const { traces = [] } = await getJson<{ traces?: { traceID: string }[] }>(`${ADDRESSES.tempo}/api/search`, {
    q: traceql,
    limit: String(limit),
    start: String(now - minutes * 60),
    end: String(now),
  });
  return traces.map(({ traceID }) => traceID.padStart(32, '0'));
}

/** Tempo's response for a trace; undefined if it doesn't have it. */
export async function rawTrace(id: string): Promise<TempoTrace | undefined> {
  const { status, body } = await requestJson(`${ADDRESSES.tempo}/api/v2/traces/${id}`);
  return status === 404 ? undefined : (body as TempoTrace);
}

/** All spans of a trace; none if Tempo doesn't have it. */
export async function trace(id: string): Promise<Span[]> {
  const answer = await rawTrace(id);
  return answer === undefined ? [] : spansOf(answer).map(plain);
}

/** The spans of each trace; a few at a time, as a user's tools would request them. */
export async function traces(ids: string[]): Promise<Span[][]> {
  const found: Span[][] = [];
  for (let start = 0; start < ids.length; start += 10) {
    found.push(...(await Promise.all(ids.slice(start, start + 10).map(trace))));
  }
  return found;
}

const plain = ({ traceID, spanID, parentSpanID, serviceName, operationName, tags }: Row): Span => ({
  traceId: traceID,
  spanId: spanID,
  ...(parentSpanID && { parentSpanId: parentSpanID }),
  service: serviceName,
  name: operationName,
  attributes: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
});
