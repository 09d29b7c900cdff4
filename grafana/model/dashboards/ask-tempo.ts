import { spansOf, type TempoTrace } from '../correlations/samples.ts';
import { getJson, requestJson } from '../http.ts';
import type { Answer, Row } from './answers.ts';
import type { Question } from './question.ts';
import type { Range } from './range.ts';
import { FORMATS, fill } from './variables.ts';

type Attribute = {
  key: string;
  value: { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean };
};

export async function askTempo(url: string, { target, values, range }: Question, mimir: string): Promise<Answer> {
  if (target.queryType === 'serviceMap')
    return { kind: 'edges', count: await countEdges(mimir, target.serviceMapQuery ?? '', range) };
  const query = fill(target.query!, (name) => values[name], FORMATS.pipe);
  if (isTraceId(query)) return { kind: 'spans', count: await countSpans(url, query.trim()) };
  const seconds = { start: String(Math.floor(range.from / 1_000)), end: String(Math.ceil(range.to / 1_000)) };
  if (target.metricsQueryType) return metric(url, { q: query, ...seconds });
  const limit = String(target.limit ?? 20);
  return { kind: 'rows', rows: await search(url, { q: query, limit, spss: '3', ...seconds }) };
}

/** Whether Grafana treats a query as a trace ID: also an empty one. */
// Grafana: public/app/plugins/datasource/tempo/datasource.ts, isTraceIdQuery
export const isTraceId = (query: string): boolean => /^[0-9A-Fa-f]*$/.test(query.trim());

type SearchAnswer = {
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
};

/** The rows that Grafana makes of spans, with the column names that it shows: transformations use only those. */
// Grafana: public/app/plugins/datasource/tempo/resultTransformer.ts, createTableFrameFromTraceQlQueryAsSpans
async function search(url: string, parameters: Record<string, string>): Promise<Row[]> {
  const { traces = [] } = await getJson<SearchAnswer>(`${url}/api/search`, parameters);
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
  const { series = [] } = await getJson<{ series?: { labels: Attribute[]; samples?: unknown[] }[] }>(
    `${url}/api/metrics/query_range`,
    parameters,
  );
  const drawn = series.filter(({ samples = [] }) => samples.length > 0);
  return {
    kind: 'series',
    series: drawn.map(({ labels }) => {
      const named = labels.map(({ key, value }) => [key, String(plain(value))] as const);
      // `p` is the quantile.
      const shown = named.filter(([key]) => key !== 'p');
      return { name: shown.map(([, value]) => value).join(' '), labels: Object.fromEntries(named) };
    }),
  };
}

async function countSpans(url: string, traceId: string): Promise<number> {
  // Grafana: pkg/tsdb/tempo/trace.go
  if (traceId === '') throw new Error('trace id is required');
  const { status, body } = await requestJson(`${url}/api/v2/traces/${traceId}`);
  if (status === 404) return 0;
  if (status !== 200) throw new Error(`Tempo answered ${status} ${JSON.stringify(body).slice(0, 300)}`);
  return spansOf(body as TempoTrace).length;
}

// Grafana: public/app/plugins/datasource/tempo/graphTransform.ts, totalsMetric
async function countEdges(mimir: string, selector: string, { from, to }: Range): Promise<number> {
  const seconds = Math.ceil((to - from) / 1_000);
  const query = `sum by (client, server) (rate(traces_service_graph_request_total${selector}[${seconds}s]))`;
  const { data } = await getJson<{ data: { result: { value: [number, string] }[] } }>(
    `${mimir}/prometheus/api/v1/query`,
    { query, time: String(to / 1_000) },
  );
  return data.result.filter(({ value }) => Number(value[1]) > 0).length;
}

const plain = (value: Attribute['value']): string | number =>
  value.stringValue ??
  (value.boolValue === undefined ? Number(value.intValue ?? value.doubleValue) : String(value.boolValue));
