import pg from 'pg';
import type { FlameGraph } from '../flame-graph.ts';
import { getJson, postJson, requestJson } from '../http.ts';
import type { Link, Range } from './links.ts';
import { spansOf, type TempoTrace } from './samples.ts';
import { milliseconds } from './variables.ts';

/** The base URLs of the backends, as reachable from this machine. */
export type Backends = { mimir: string; loki: string; tempo: string; pyroscope: string; postgres: pg.ClientConfig };

export type Answer = { found: number; what: string };

/** Asks a backend's own API what Grafana would ask, and counts the results. */
export async function ask(backends: Backends, link: Link): Promise<Answer> {
  const { to, query, range } = link;
  switch (to) {
    case 'mimir':
      return { found: await countSeries(backends.mimir, String(query.expr), range), what: 'series' };
    case 'loki':
      return { found: await countLines(backends.loki, String(query.expr), range), what: 'log lines' };
    case 'tempo':
      return { found: await countSpans(backends.tempo, String(query.query)), what: 'spans' };
    case 'pyroscope':
      return { found: await countFunctions(backends.pyroscope, link), what: 'functions' };
    case 'postgres':
      return { found: await countRows(backends.postgres, String(query.rawSql)), what: 'rows' };
    default:
      throw new Error(`no such data source: ${to}`);
  }
}

/** As many points as a graph of typical width has. */
const MAX_DATA_POINTS = 1_000;
const SCRAPE_INTERVAL_MS = milliseconds('5s');

/** Series with at least one value: a series of NaN alone is an empty graph. */
async function countSeries(url: string, expr: string, { from, to }: Range): Promise<number> {
  const step = Math.max(SCRAPE_INTERVAL_MS, Math.ceil((to - from) / MAX_DATA_POINTS / 1_000) * 1_000);
  const { data } = await getJson<{ data: { result: { values?: [number, string][]; histograms?: unknown[] }[] } }>(
    `${url}/prometheus/api/v1/query_range`,
    {
      query: fillInIntervals(expr, to - from, step, SCRAPE_INTERVAL_MS),
      start: String(from / 1_000),
      end: String(to / 1_000),
      step: String(step / 1_000),
    },
  );
  return data.result.filter(
    ({ values = [], histograms = [] }) => histograms.length > 0 || values.some(([, value]) => value !== 'NaN'),
  ).length;
}

// Grafana: pkg/promlib/models/query.go, calculateRateInterval
export function fillInIntervals(expr: string, rangeMs: number, stepMs: number, scrapeMs: number): string {
  const rateInterval = Math.max(stepMs + scrapeMs, 4 * scrapeMs);
  return expr
    .replaceAll('$__rate_interval', `${rateInterval / 1_000}s`)
    .replaceAll('$__interval', `${stepMs / 1_000}s`)
    .replaceAll('$__range', `${Math.ceil(rangeMs / 1_000)}s`);
}

async function countLines(url: string, query: string, { from, to }: Range): Promise<number> {
  const { data } = await getJson<{ data: { result: { values: unknown[] }[] } }>(`${url}/loki/api/v1/query_range`, {
    query,
    start: `${from}000000`,
    end: `${to}000000`,
    limit: '1000',
  });
  return data.result.reduce((sum, { values }) => sum + values.length, 0);
}

/** A hexadecimal string is a trace ID; anything else is TraceQL, which none of our links has. */
// Grafana: public/app/plugins/datasource/tempo/datasource.ts, isTraceIdQuery
async function countSpans(url: string, traceId: string): Promise<number> {
  if (!/^[0-9a-f]{16,32}$/i.test(traceId)) throw new Error(`${traceId} is not a trace ID`);
  const { status, body } = await requestJson(`${url}/api/v2/traces/${traceId}`);
  if (status === 404) return 0;
  if (status !== 200) throw new Error(`Tempo answered ${status} ${JSON.stringify(body).slice(0, 300)}`);
  return spansOf(body as TempoTrace).length;
}

/** What Grafana draws for a link to a profile. */
// Grafana: pkg/tsdb/grafana-pyroscope-datasource/query.go (a span selector asks for the profile of spans)
export async function flameGraphOf(url: string, { query, range }: Pick<Link, 'query' | 'range'>): Promise<FlameGraph> {
  const spanSelector = query.spanSelector as string[] | undefined;
  const method = spanSelector?.length ? 'SelectMergeSpanProfile' : 'SelectMergeStacktraces';
  const { flamegraph } = await postJson<{ flamegraph?: FlameGraph }>(`${url}/querier.v1.QuerierService/${method}`, {
    profileTypeID: query.profileTypeId,
    labelSelector: query.labelSelector,
    ...(spanSelector && { spanSelector }),
    start: range.from,
    end: range.to,
  });
  return flamegraph ?? { names: [], levels: [] };
}

async function countFunctions(url: string, link: Link): Promise<number> {
  const { names = [] } = await flameGraphOf(url, link);
  // The first frame is "total", which exists even without data.
  return Math.max(0, names.length - 1);
}

async function countRows(connection: pg.ClientConfig, sql: string): Promise<number> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000, statement_timeout: 10_000 });
  await client.connect();
  try {
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
