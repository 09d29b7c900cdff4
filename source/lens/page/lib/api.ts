import { createStore } from '@mythical/ui/page/store.ts';

/** lens's HTTP API. */

export type Column = { name: string; type: string };
export type Result = { columns: Column[]; rows: unknown[][]; truncated: boolean; elapsedMs: number };

export type ServiceCounts = { name: string; spans: number; logs: number; metricSamples: number; profiles: number };
export type Summary = Omit<ServiceCounts, 'name'> & { services: ServiceCounts[] };

/** The result of a query, or why lens rejected it: DuckDB's message. */
export type Outcome = { result: Result; problem?: undefined } | { result?: undefined; problem: string };

/** Whether lens responded to the last request. If not, it isn't running, or something else uses its port. */
export const reachable = createStore(true);

/** Runs one read-only statement. @returns undefined if lens doesn't respond */
export async function query(text: string): Promise<Outcome | undefined> {
  const answer = await request<Result & { title?: string; detail?: string }>('/api/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: text }),
  });
  if (answer === undefined) return undefined;
  const { isOk, body } = answer;
  return isOk ? { result: body } : { problem: body.detail ?? body.title ?? 'lens rejected the query' };
}

/** Counts of stored telemetry. @returns undefined if lens doesn't respond */
export async function summary(): Promise<Summary | undefined> {
  const answer = await request<Summary>('/api/summary');
  return answer?.isOk ? answer.body : undefined;
}

async function request<Body>(path: string, init?: RequestInit): Promise<{ isOk: boolean; body: Body } | undefined> {
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(20_000) });
    const body = (await response.json()) as Body;
    reachable.update(() => true);
    return { isOk: response.ok, body };
  } catch {
    reachable.update(() => false);
    return undefined;
  }
}

/** Converts rows to objects keyed by column name. The caller has checked the columns, so it chooses the type. */
export function rowsOf<Row>(result: Result): Row[] {
  const names = result.columns.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], value])) as Row);
}
