import { ask, askJson, NoAnswer, reasonOf } from './ask.ts';
import type { Stack } from './stack.ts';

// Queries to the backends, in their own languages.

export type LogEntry = {
  labels: Record<string, string>;
  line: string;
  timestamp: number;
  metadata: Record<string, string>;
};
export type Span = { name: string; attributes: Record<string, string> };

/** Series of a selector whose newest sample is not older than this time. */
export async function freshSeries(
  stack: Stack,
  selector: string,
  since: number,
  value?: number,
): Promise<Record<string, string>[]> {
  const wanted = value === undefined ? selector : `(${selector} == ${value})`;
  const query = `${wanted} and (timestamp(${selector}) >= ${since / 1000})`;
  const url = `${stack.mimir}/prometheus/api/v1/query?${new URLSearchParams({ query })}`;
  const { data } = await askJson<{ data: { result: { metric: Record<string, string> }[] } }>(url);
  return data.result.map(({ metric }) => metric);
}

type LokiAnswer = {
  data: {
    result: {
      stream: Record<string, string>;
      values: [string, string, { structuredMetadata?: Record<string, string> }?][];
    }[];
  };
};

export async function logEntries(stack: Stack, query: string, since: number): Promise<LogEntry[]> {
  const range = { start: `${since}000000`, end: `${Date.now() + 60_000}000000`, limit: '200' };
  const url = `${stack.loki}/loki/api/v1/query_range?${new URLSearchParams({ query, ...range })}`;
  // Stream labels are separate from structured metadata.
  const headers = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };
  const { data } = await askJson<LokiAnswer>(url, { headers });
  return data.result.flatMap(({ stream, values }) =>
    values.map(([time, line, beside]) => ({
      ...{ labels: stream, line, metadata: beside?.structuredMetadata ?? {} },
      timestamp: Number(BigInt(time) / 1_000_000n),
    })),
  );
}

type KeyValue = { key: string; value: Record<string, unknown> };
export type TempoSpan = {
  name: string;
  kind: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code?: string | number };
  attributes?: KeyValue[];
};
type Resource = { resource?: { attributes?: KeyValue[] }; scopeSpans?: { spans: TempoSpan[] }[] };
type TraceAnswer = { trace?: { resourceSpans?: Resource[] }; batches?: Resource[]; resourceSpans?: Resource[] };

/** The spans of a trace, with those of their resource; none where Tempo has no such trace. */
export async function resourcesOf({ tempo }: Pick<Stack, 'tempo'>, traceId: string): Promise<Resource[]> {
  const url = `${tempo}/api/v2/traces/${traceId}`;
  let response: Response;
  try {
    response = await ask(url, { headers: { accept: 'application/json' } });
  } catch (error) {
    throw new NoAnswer(tempo, reasonOf(error));
  }
  if (response.status === 404) return [];
  if (!response.ok) throw new NoAnswer(url, String(response.status));
  const answer = (await response.json()) as TraceAnswer;
  return answer.trace?.resourceSpans ?? answer.batches ?? answer.resourceSpans ?? [];
}

export const attributesOf = (attributes: KeyValue[] = []): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));

export async function spansOf(stack: Stack, traceId: string): Promise<Span[]> {
  return (await resourcesOf(stack, traceId)).flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, attributes }) => ({ name, attributes: attributesOf(attributes) })),
    ),
  );
}

/** The number of traces that have a span with this name. */
export async function countTraces(stack: Stack, spanName: string): Promise<number> {
  const query = { q: `{ name = "${spanName}" }`, limit: '200', spss: '1' };
  const { traces = [] } = await askJson<{ traces?: unknown[] }>(
    `${stack.tempo}/api/search?${new URLSearchParams(query)}`,
  );
  return traces.length;
}

/** The profile types that a service has had since then. */
export async function profileTypes(stack: Stack, service: string, since: number): Promise<string[]> {
  const body = {
    matchers: [`{service_name="${service}"}`],
    labelNames: ['__profile_type__'],
    start: since,
    end: Date.now() + 60_000,
  };
  const { labelsSet = [] } = await askJson<{ labelsSet?: { labels: { name: string; value: string }[] }[] }>(
    `${stack.pyroscope}/querier.v1.QuerierService/Series`,
    { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
  );
  return labelsSet.flatMap(({ labels }) => labels.map(({ value }) => value));
}
