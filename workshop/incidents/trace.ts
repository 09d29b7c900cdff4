import { askJson } from '../live/ask.ts';
import { attributesOf, logEntries, resourcesOf } from '../live/backends.ts';
import { isLens } from '../live/lens.ts';
import type { Stack } from '../live/stack.ts';

// Reads a trace from the running backend: lens under `npm start`, Tempo and Loki under Compose.

export type TraceSpan = {
  service: string;
  name: string;
  kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  id: string;
  parent: string | undefined;
  /** In ms since 1970. */
  start: number;
  duration: number;
  isError: boolean;
  status: number | undefined;
  version: string | undefined;
};

/** A trace, and the number of its log lines from one service. */
export type Found = { spans: TraceSpan[]; lines: number };

export type Backend = {
  name: 'lens' | 'Tempo';
  /** The URL of its UI. */
  page: string;
  /** @throws {NoAnswer} */
  find(traceId: string, service: string): Promise<Found>;
};

export type Addresses = Pick<Stack, 'tempo' | 'loki'> & { page: string };

/** The backend behind the page: lens, or else Grafana with Tempo. */
export async function findBackend(addresses: Addresses): Promise<Backend> {
  const { page } = addresses;
  return (await isLens(page))
    ? { name: 'lens', page, find: (id, service) => findInLens(page, id, service) }
    : { name: 'Tempo', page, find: (id, service) => findInTempo(addresses, id, service) };
}

async function findInLens(page: string, id: string, service: string): Promise<Found> {
  const spans = await rowsOf<Record<string, never>>(
    page,
    `select service, name, kind, span_id as id, parent_span_id as parent, epoch_us(start_time)::double / 1000 as start,
       duration_ms as duration, status = 'error' as "isError", http_status_code as status, version
     from spans where trace_id = '${id}'`,
  );
  const lines = await rowsOf<{ n: number }>(
    page,
    `select count(*)::int as n from logs where trace_id = '${id}' and service = '${service}'`,
  );
  const nullToUndefined = (row: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? undefined])) as unknown as TraceSpan;
  return { spans: spans.map(nullToUndefined), lines: lines[0]?.n ?? 0 };
}

async function rowsOf<T>(page: string, sql: string): Promise<T[]> {
  const { columns, rows } = await askJson<{ columns: { name: string }[]; rows: unknown[][] }>(`${page}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
  });
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])) as T);
}

async function findInTempo({ tempo, loki }: Addresses, id: string, service: string): Promise<Found> {
  const resources = await resourcesOf({ tempo }, id);
  const spans = resources.flatMap(({ resource, scopeSpans = [] }) => {
    const { 'service.name': service = '' } = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span): TraceSpan => {
        const attributes = attributesOf(span.attributes);
        const status = attributes['http.response.status_code'] ?? attributes['http.status_code'];
        return {
          ...{ service, name: span.name, id: span.spanId, parent: span.parentSpanId || undefined },
          kind: span.kind.replace('SPAN_KIND_', '').toLowerCase() as TraceSpan['kind'],
          start: Number(span.startTimeUnixNano) / 1e6,
          duration: (Number(span.endTimeUnixNano) - Number(span.startTimeUnixNano)) / 1e6,
          isError: [2, 'STATUS_CODE_ERROR'].includes(span.status?.code ?? 0),
          status: status === undefined ? undefined : Number(status),
          version: attributes['service.version'],
        };
      }),
    );
  });
  if (spans.length === 0) return { spans, lines: 0 };
  const since = Math.round(Math.min(...spans.map(({ start }) => start)) - 10 * 60_000);
  // Without the lines that Alloy generates from spans.
  const lines = await logEntries({ loki } as Stack, `{service_name="${service}", source!="spans"} |= "${id}"`, since);
  return { spans, lines: lines.length };
}
