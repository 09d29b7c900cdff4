import { createStore } from '@mythical/ui/page/store.ts';

/** lens's HTTP API. */

export type Column = { name: string; type: string };
export type Result = { columns: Column[]; rows: unknown[][]; truncated: boolean; elapsedMs: number };

export type ServiceCounts = { name: string; spans: number; logs: number; metricSamples: number; profiles: number };
export type Summary = Omit<ServiceCounts, 'name'> & { services: ServiceCounts[] };

/** lens rejected a query, with DuckDB's message. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** No response: lens isn't running, or something else uses its port. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/**
 * Runs one read-only statement.
 *
 * @throws {QueryError} if lens rejects it @throws {Unreachable} if lens doesn't respond
 */
export async function query(text: string): Promise<Result> {
  return (await request('/api/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: text }),
  })) as Result;
}

/** Counts of stored telemetry. @throws {Unreachable} */
export async function summary(): Promise<Summary> {
  return (await request('/api/summary')) as Summary;
}

/** Whether lens responded to the last request. */
export const reachable = createStore(true);

async function request(path: string, init?: RequestInit): Promise<unknown> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(20_000) });
    answer = await response.json();
  } catch (error) {
    reachable.update(() => false);
    throw new Unreachable(`no response from ${location.host}`, { cause: error });
  }
  reachable.update(() => true);
  if (response.ok) return answer;
  const { title, detail } = answer as { title?: string; detail?: string };
  throw new QueryError(detail ?? title ?? `lens answered with status ${response.status}`);
}

/** Converts rows to objects keyed by column name. The caller has checked the columns, so it chooses the type. */
export function rowsOf<Row>(result: Result): Row[] {
  const names = result.columns.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], value])) as Row);
}
