import { createStore } from '@mythical/ui/page/store.ts';

/** What lens answers. See source/lens for the other side. */

export type Column = { name: string; type: string };
export type Result = { columns: Column[]; rows: unknown[][]; truncated: boolean; elapsedMs: number };

export type ServiceCounts = { name: string; spans: number; logs: number; metricSamples: number; profiles: number };
export type Summary = Omit<ServiceCounts, 'name'> & { services: ServiceCounts[] };

/** lens refused a query: the message is DuckDB's own. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** There was no answer at all: lens is not running, or something else answers on its port. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/**
 * Runs one read-only statement.
 * @throws {QueryError} when lens refuses it, {Unreachable} when lens doesn't answer.
 */
export async function query(text: string): Promise<Result> {
  return (await request('/api/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: text }),
  })) as Result;
}

/** How much of each signal lens holds. @throws {Unreachable} */
export async function summary(): Promise<Summary> {
  return (await request('/api/summary')) as Summary;
}

/** Whether lens answered the last request. */
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

/** The rows of a result as objects by column name. The caller has looked at the columns, so names the row's type. */
export function rowsOf<Row>(result: Result): Row[] {
  const names = result.columns.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], value])) as Row);
}
