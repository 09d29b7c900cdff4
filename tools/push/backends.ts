import { splitCredentials } from '@mythical/common/url-credentials';
import { type Item, type Kind, SERVICE } from './items.ts';

/** Where an item is read back from. */
export type Backend = {
  name: string;
  url: string;
  has(item: Item): Promise<boolean>;
};

type Headers = Record<string, string>;

/** Something other than an answer to a question. */
export class BackendError extends Error {}

/** The series of a metric, as Prometheus names them. */
const SERIES: Partial<Record<Kind, string>> = {
  gauge: 'push_gauge',
  counter: 'push_counter_total',
  histogram: 'push_histogram_count',
};

const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

/** Ports are those of docker-compose.yml. */
const APIS: Record<
  Item['signal'],
  { name: string; base: string; has(url: string, item: Item, headers: Headers): Promise<boolean> }
> = {
  metrics: {
    name: 'Mimir',
    base: ':9009/prometheus',
    async has(url, { kind, mark }, headers) {
      const query = new URLSearchParams({ query: `${SERIES[kind]}{push_id="${mark}"}` });
      const { data } = (await ask(`${url}/api/v1/query?${query}`, { headers })) as { data: { result: unknown[] } };
      return data.result.length > 0;
    },
  },
  logs: {
    name: 'Loki',
    base: ':3100',
    async has(url, { mark }, headers) {
      const query = new URLSearchParams({ query: `{service_name="${SERVICE}"} |= "${mark}"`, since: '10m' });
      const answer = await ask(`${url}/loki/api/v1/query_range?${query}`, { headers });
      return (answer as { data: { result: unknown[] } }).data.result.length > 0;
    },
  },
  traces: {
    name: 'Tempo',
    base: ':3200',
    async has(url, { mark }, headers) {
      const answer = await ask(`${url}/api/v2/traces/${mark}`, { headers, missing: [404] });
      return ((answer as { trace?: { resourceSpans?: unknown[] } } | undefined)?.trace?.resourceSpans ?? []).length > 0;
    },
  },
  profiles: {
    name: 'Pyroscope',
    base: ':4040',
    async has(url, { mark }, headers) {
      const now = Date.now();
      const labelSelector = `{service_name="${SERVICE}",push_id="${mark}"}`;
      const question = { profileTypeID: CPU, labelSelector, start: now - 600_000, end: now + 60_000 };
      const body = JSON.stringify(question);
      const method = `${url}/querier.v1.QuerierService/SelectMergeStacktraces`;
      const answer = await ask(method, { headers: { ...headers, 'content-type': 'application/json' }, body });
      return ((answer as { flamegraph?: { names?: string[] } }).flamegraph?.names ?? []).includes('push');
    },
  },
};

/** What the same questions are in lens, whose tables are in source/lens/store/schema.ts. */
function sqlFor({ kind, signal, mark }: Item): string {
  if (signal === 'traces') return `select 1 from spans where trace_id = '${mark}'`;
  if (signal === 'logs') return `select 1 from logs where body like '%${mark}%'`;
  const name = SERIES[kind] === undefined ? '' : ` and name = '${SERIES[kind]}'`;
  return `select 1 from ${signal} where labels->>'push_id' = '${mark}'${name}`;
}

/**
 * @param given the URL of lens, or of the API for this signal (for metrics: what is in front of /api/v1/query)
 * @param host where they are looked for otherwise
 */
export async function findBackend(
  signal: Item['signal'],
  given: string | undefined,
  host: string,
  more: Headers,
): Promise<Backend> {
  const { url, headers } = splitCredentials(given ?? `http://${host}:3000`);
  const all = { ...headers, ...more };
  const base = url.replace(/\/$/, '');
  if (await isLens(base))
    return { name: 'lens', url: base, has: async (item) => (await askLens(base, sqlFor(item), all)) > 0 };
  const api = APIS[signal];
  const other = given === undefined ? `http://${host}${api.base}` : base;
  return { name: given === undefined ? api.name : 'the backend', url: other, has: (item) => api.has(other, item, all) };
}

export async function isLens(url: string): Promise<boolean> {
  const summary = await ask(`${url}/api/summary`, {}).catch(() => undefined);
  return typeof summary === 'object' && summary !== null && 'metricSamples' in summary;
}

async function askLens(url: string, sql: string, headers: Headers): Promise<number> {
  const body = JSON.stringify({ sql });
  const answer = await ask(`${url}/api/query`, { headers: { ...headers, 'content-type': 'application/json' }, body });
  return (answer as { rows: unknown[] }).rows.length;
}

type Question = { headers?: Headers; body?: string; missing?: number[] };

/** @returns undefined where it answers with a status of `missing` @throws {BackendError} */
async function ask(url: string, { headers = {}, body, missing = [] }: Question): Promise<unknown> {
  const signal = AbortSignal.timeout(5_000);
  const init = { headers, signal, ...(body !== undefined && { method: 'POST', body }) };
  const response = await fetch(url, init).catch((error) => {
    throw new BackendError(`does not answer: ${error.cause?.code ?? error.message}`);
  });
  const text = await response.text();
  if (missing.includes(response.status)) return undefined;
  if (!response.ok)
    throw new BackendError(`answered ${response.status} to ${new URL(url).pathname}: ${text.slice(0, 200)}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new BackendError(`answered ${new URL(url).pathname} with something other than JSON`);
  }
}
