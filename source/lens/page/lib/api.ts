import { createStore } from '@mythical/ui/page/store.ts';

/** lens's HTTP API. */

export type Column = { name: string; type: string };
export type Result = { columns: Column[]; rows: unknown[][]; truncated: boolean; elapsedMs: number };

type ServiceCounts = { name: string; spans: number; logs: number; metricSamples: number; profiles: number };
export type Summary = Omit<ServiceCounts, 'name'> & { services: ServiceCounts[] };

/** The response of lens, or the reason for a failure: for a query, DuckDB's message. */
export type Outcome<T = Result> = { result: T; problem?: undefined } | { result?: undefined; problem: string };

/** Whether lens responded to the last request. If not, it isn't running, or something else uses its port. */
export const reachable = createStore(true);

/** Runs one read-only statement. @returns undefined if lens doesn't respond */
export function query(text: string): Promise<Outcome | undefined> {
  return request('/api/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: text }),
  });
}

/** Counts of stored telemetry. @returns undefined if lens doesn't respond */
export function summary(): Promise<Outcome<Summary> | undefined> {
  return request('/api/summary');
}

async function request<T>(path: string, init?: RequestInit): Promise<Outcome<T> | undefined> {
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(20_000) });
    const body = await response.json();
    reachable.update(() => true);
    if (response.ok) return { result: body as T };
    const { title, detail } = body as { title?: string; detail?: string };
    return { problem: detail ?? title ?? `lens answered with status ${response.status}` };
  } catch {
    reachable.update(() => false);
    return undefined;
  }
}

/** DuckDB's numeric types, which JSON doesn't distinguish. */
export function isNumeric(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type);
}

/** Whether a result has such a column. */
export function hasColumn({ columns }: Result, { name, type }: Column): boolean {
  return columns.some(
    (column) => column.name === name && (column.type === type || (isNumeric(column.type) && isNumeric(type))),
  );
}

/** Converts rows to objects keyed by column name. The caller has checked the columns, so it chooses the type. */
export function rowsOf<Row>(result: Result): Row[] {
  const names = result.columns.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], value])) as Row);
}
