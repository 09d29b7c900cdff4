import { PAGE_PORT } from '@mythical/common/services';
import { splitCredentials } from '@mythical/common/url-credentials';
import { isLens } from '../../workshop/live/lens.ts';
import { stackOf } from '../../workshop/live/stack.ts';
import { type Item, SERVICE } from './items.ts';

/** A backend from which an item is read back. */
export type Backend = {
  name: string;
  url: string;
  has(item: Item): Promise<boolean>;
};

type Headers = Record<string, string>;
/** `address` is on this machine, with the default port. */
type Api = { name: string; address: string; has(url: string, id: string, headers: Headers): Promise<boolean> };

/** The backend can't be reached, or its response is invalid. */
export class BackendError extends Error {}

const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

const STACK = stackOf({});

const APIS: Record<Item['signal'], Api> = {
  metrics: {
    name: 'Mimir',
    address: `${STACK.mimir}/prometheus`,
    async has(url, id, headers) {
      const query = new URLSearchParams({ query: `{push_id="${id}"}` });
      const { data } = (await ask(`${url}/api/v1/query?${query}`, { headers })) as { data: { result: unknown[] } };
      return data.result.length > 0;
    },
  },
  logs: {
    name: 'Loki',
    address: STACK.loki,
    async has(url, id, headers) {
      const query = new URLSearchParams({ query: `{service_name="${SERVICE}"} |= "${id}"`, since: '10m' });
      const answer = await ask(`${url}/loki/api/v1/query_range?${query}`, { headers });
      return (answer as { data: { result: unknown[] } }).data.result.length > 0;
    },
  },
  traces: {
    name: 'Tempo',
    address: STACK.tempo,
    async has(url, id, headers) {
      const answer = await ask(`${url}/api/v2/traces/${id}`, { headers, missing: [404] });
      return ((answer as { trace?: { resourceSpans?: unknown[] } } | undefined)?.trace?.resourceSpans ?? []).length > 0;
    },
  },
  profiles: {
    name: 'Pyroscope',
    address: STACK.pyroscope,
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
  const { url, headers: credentials } = splitCredentials(given ?? `http://${host}:${PAGE_PORT}`);
  const headers = { ...credentials, ...moreHeaders };
  const base = url.replace(/\/$/, '');
  if (await isLens(base, headers)) {
    return { name: 'lens', url: base, has: (item) => hasRows(base, sqlFor(item), headers) };
  }
  const { name, has } = APIS[signal];
  const api = given === undefined ? apiOn(host, signal) : base;
  return { name: given === undefined ? name : 'the backend', url: api, has: ({ id }) => has(api, id, headers) };
}

/** How to fix a BackendError. */
export const backendHint = (signal: Item['signal'], given: string | undefined) =>
  given === undefined
    ? `No lens answers on port ${PAGE_PORT}, either. To read the item back, set --backend`
    : `--backend is the URL of lens or ${APIS[signal].name}${signal === 'metrics' ? ', for Mimir the part before /api/v1/query' : ''}. Credentials go into the URL, or into --backend-header`;

/** The URL of the API with the default port. */
export const apiOn = (host: string, signal: Item['signal']) => APIS[signal].address.replace('127.0.0.1', host);

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
  const text = (await response.text()).trim();
  // Tempo's 404 for a missing trace has another text than any Go server's for an unknown path.
  if (missing.includes(response.status) && text !== '404 page not found') return undefined;
  if (!response.ok) throw new BackendError(`answered ${response.status} to ${pathname}: ${text.slice(0, 200)}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new BackendError(`answered ${pathname} with something other than JSON`);
  }
}
