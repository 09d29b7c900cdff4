import { splitCredentials } from '@mythical/common/url-credentials';
import { type Item, SERVICE } from './items.ts';

/** A backend from which an item is read back. */
export type Backend = {
  name: string;
  url: string;
  has(item: Item): Promise<boolean>;
};

type Headers = Record<string, string>;
type Api = { name: string; address: string; has(url: string, id: string, headers: Headers): Promise<boolean> };

/** The backend can't be reached, or its response is invalid. */
export class BackendError extends Error {}

const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

/** The ports are those of docker-compose.yml. */
const APIS: Record<Item['signal'], Api> = {
  metrics: {
    name: 'Mimir',
    address: ':9009/prometheus',
    async has(url, id, headers) {
      const query = new URLSearchParams({ query: `{push_id="${id}"}` });
      const { data } = (await ask(`${url}/api/v1/query?${query}`, { headers })) as { data: { result: unknown[] } };
      return data.result.length > 0;
    },
  },
  logs: {
    name: 'Loki',
    address: ':3100',
    async has(url, id, headers) {
      const query = new URLSearchParams({ query: `{service_name="${SERVICE}"} |= "${id}"`, since: '10m' });
      const answer = await ask(`${url}/loki/api/v1/query_range?${query}`, { headers });
      return (answer as { data: { result: unknown[] } }).data.result.length > 0;
    },
  },
  traces: {
    name: 'Tempo',
    address: ':3200',
    async has(url, id, headers) {
      const answer = await ask(`${url}/api/v2/traces/${id}`, { headers, missing: [404] });
      return ((answer as { trace?: { resourceSpans?: unknown[] } } | undefined)?.trace?.resourceSpans ?? []).length > 0;
    },
  },
  profiles: {
    name: 'Pyroscope',
    address: ':4040',
    async has(url, id, headers) {
      const now = Date.now();
      const labelSelector = `{service_name="${SERVICE}",push_id="${id}"}`;
      const body = { profileTypeID: CPU, labelSelector, start: now - 600_000, end: now + 60_000 };
      const answer = await ask(`${url}/querier.v1.QuerierService/SelectMergeStacktraces`, { headers, body });
      return ((answer as { flamegraph?: { names?: string[] } }).flamegraph?.names ?? []).includes('push');
    },
  },
};

/** The tables are in source/lens/store/schema.ts. */
function sqlFor({ signal, id }: Item): string {
  if (signal === 'traces') return `select 1 from spans where trace_id = '${id}'`;
  if (signal === 'logs') return `select 1 from logs where body like '%${id}%'`;
  return `select 1 from ${signal} where labels->>'push_id' = '${id}'`;
}

/**
 * @param given the URL of lens or of the signal's API (for metrics: the part before /api/v1/query)
 * @param host used if no URL is given
 */
export async function findBackend(
  signal: Item['signal'],
  given: string | undefined,
  host: string,
  moreHeaders: Headers,
): Promise<Backend> {
  const { url, headers: credentials } = splitCredentials(given ?? `http://${host}:3000`);
  const headers = { ...credentials, ...moreHeaders };
  const base = url.replace(/\/$/, '');
  if (await isLens(base, headers)) {
    return { name: 'lens', url: base, has: (item) => hasRows(base, sqlFor(item), headers) };
  }
  const { name, address, has } = APIS[signal];
  const api = given === undefined ? `http://${host}${address}` : base;
  return { name: given === undefined ? name : 'the backend', url: api, has: ({ id }) => has(api, id, headers) };
}

export async function isLens(url: string, headers: Headers = {}): Promise<boolean> {
  const summary = await ask(`${url}/api/summary`, { headers }).catch(() => undefined);
  return typeof summary === 'object' && summary !== null && 'metricSamples' in summary;
}

async function hasRows(url: string, sql: string, headers: Headers): Promise<boolean> {
  const { rows } = (await ask(`${url}/api/query`, { headers, body: { sql } })) as { rows: unknown[] };
  return rows.length > 0;
}

type Question = { headers: Headers; body?: object; missing?: number[] };

/**
 * @returns undefined for a status of `missing`
 * @throws {BackendError}
 */
async function ask(url: string, { headers, body, missing = [] }: Question): Promise<unknown> {
  const post = body && { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(url, {
    ...post,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(5_000),
  }).catch((error) => {
    throw new BackendError(`can't be reached: ${error.cause?.code ?? error.message}`);
  });
  const { pathname } = new URL(url);
  const text = await response.text();
  if (missing.includes(response.status)) return undefined;
  if (!response.ok) throw new BackendError(`answered ${response.status} to ${pathname}: ${text.slice(0, 200)}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new BackendError(`answered ${pathname} with something other than JSON`);
  }
}
