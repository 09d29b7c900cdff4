import { spansOf, type TempoTrace } from '../correlations/samples.ts';
import { getJson, requestJson } from '../http.ts';
import type { Answer, Bar, Row } from './answers.ts';
import type { Range } from './range.ts';
import type { Target } from './read.ts';
import { FORMATS, fill, type Values } from './variables.ts';

type Attribute = {
  key: string;
  value: { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean };
};

export async function askTempo(
  url: string,
  target: Target,
  values: Values,
  range: Range,
  mimir: string,
): Promise<Answer> {
  if (target.queryType === 'serviceMap')
    return { kind: 'edges', edges: await serviceMap(mimir, target.serviceMapQuery ?? '', range) };
  const query = fill(target.query!, (name) => values[name], FORMATS.pipe);
  if (isTraceId(query)) return { kind: 'trace', spans: await trace(url, query.trim()) };
  const seconds = { start: String(Math.floor(range.from / 1_000)), end: String(Math.ceil(range.to / 1_000)) };
  if (target.metricsQueryType) return metric(url, { q: query, ...seconds });
  return {
    kind: 'rows',
    rows: await search(url, { q: query, limit: String(target.limit ?? 20), spss: '3', ...seconds }),
  };
}

/** Whether Grafana treats a query as a trace ID: also an empty one. */
// Grafana: public/app/plugins/datasource/tempo/datasource.ts, isTraceIdQuery
export const isTraceId = (query: string): boolean => /^[0-9A-Fa-f]*$/.test(query.trim());

/** The rows that Grafana makes of spans, with the column names that it shows: transformations use only those. */
// Grafana: public/app/plugins/datasource/tempo/resultTransformer.ts, createTableFrameFromTraceQlQueryAsSpans
async function search(url: string, parameters: Record<string, string>): Promise<Row[]> {
  const { traces = [] } = await getJson<{
    traces?: {
      traceID: string;
      rootServiceName?: string;
      rootTraceName?: string;
      spanSets?: {
        spans: {
          spanID: string;
          name?: string;
          startTimeUnixNano: string;
          durationNanos: string;
          attributes?: Attribute[];
        }[];
      }[];
    }[];
  }>(`${url}/api/search`, parameters);
  return traces.flatMap(({ traceID, rootServiceName = '', rootTraceName = '', spanSets = [] }) =>
    spanSets.flatMap(({ spans }) =>
      spans.map(({ spanID, name, startTimeUnixNano, durationNanos, attributes = [] }) => ({
        ...Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)])),
        traceIdHidden: traceID,
        'Trace Service': rootServiceName,
        'Trace Name': rootTraceName,
        'Span ID': spanID,
        'Start time': Number(BigInt(startTimeUnixNano) / 1_000_000n),
        ...(name !== undefined && { Name: name }),
        Duration: Number(durationNanos),
      })),
    ),
  );
}

async function metric(url: string, parameters: Record<string, string>): Promise<Answer> {
  const { series = [] } = await getJson<{
    series?: { labels: Attribute[]; samples?: { timestampMs: string; value?: number }[] }[];
  }>(`${url}/api/metrics/query_range`, parameters);
  return {
    kind: 'series',
    series: series.map(({ labels, samples = [] }) => {
      const named = Object.fromEntries(labels.map(({ key, value }) => [key, String(plain(value))]));
      // `p` is the quantile.
      const shown = Object.entries(named).filter(([key]) => key !== 'p');
      return {
        name: shown.map(([, value]) => value).join(' '),
        labels: named.__bucket === undefined ? named : { ...named, le: named.__bucket, native: 'true' },
        points: samples.map(({ timestampMs, value }) => [Number(timestampMs), value ?? 0]),
        exemplars: [],
      };
    }),
  };
}

async function trace(url: string, id: string): Promise<Bar[]> {
  // Grafana: pkg/tsdb/tempo/trace.go
  if (id === '') throw new Error('trace id is required');
  const { status, body } = await requestJson(`${url}/api/v2/traces/${id}`);
  if (status === 404) return [];
  if (status !== 200) throw new Error(`Tempo answered ${status} ${JSON.stringify(body).slice(0, 300)}`);
  const spans = spansOf(body as TempoTrace).sort((a, b) => a.startTime - b.startTime);
  const ids = new Set(spans.map(({ spanID }) => spanID));
  const childrenOf = Map.groupBy(spans, ({ parentSpanID }) => (ids.has(parentSpanID ?? '') ? parentSpanID : undefined));
  const start = Math.min(...spans.map(({ startTime }) => startTime));
  const below = (parent: string | undefined, depth: number): Bar[] =>
    (childrenOf.get(parent) ?? []).flatMap((span) => [
      {
        name: span.operationName,
        service: span.serviceName,
        startMs: span.startTime - start,
        durationMs: span.duration,
        depth,
        failed: span.tags.some(({ key, value }) => key === 'http.status_code' && Number(value) >= 500),
      },
      ...below(span.spanID, depth + 1),
    ]);
  return below(undefined, 0);
}

// Grafana: public/app/plugins/datasource/tempo/graphTransform.ts, totalsMetric
async function serviceMap(mimir: string, selector: string, { from, to }: Range) {
  const seconds = Math.ceil((to - from) / 1_000);
  const query = `sum by (client, server) (rate(traces_service_graph_request_total${selector}[${seconds}s]))`;
  const { data } = await getJson<{
    data: { result: { metric: { client: string; server: string }; value: [number, string] }[] };
  }>(`${mimir}/prometheus/api/v1/query`, { query, time: String(to / 1_000) });
  return data.result
    .map(({ metric: { client, server }, value }) => ({ client, server, rate: Number(value[1]) }))
    .filter(({ rate }) => rate > 0);
}

const plain = (value: Attribute['value']): string | number =>
  value.stringValue ??
  (value.boolValue === undefined ? Number(value.intValue ?? value.doubleValue) : String(value.boolValue));
