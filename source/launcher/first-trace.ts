import { SERVICES } from '@mythical/common/services';
import { DeadlineError, until } from './until.ts';

/** Times are in UTC. A user action is one trace: requester → server → Postgres, and requester → queue → recorder. */
const fullTraceSince = (time: Date) => `
  select trace_id
  from spans
  where start_time >= timestamp '${time.toISOString().replace('Z', '')}'
  group by trace_id
  having ${Object.values(SERVICES)
    .map(({ name }) => `bool_or(service = '${name}')`)
    .join(' and ')}
    and bool_or(service = '${SERVICES.server.name}' and (attributes->>'db.system.name') = 'postgresql')
  order by min(start_time)
  limit 1`;

export type FirstTrace = { id: string; seconds: number };

const DEADLINE_MS = 30_000;

/**
 * Waits until lens has a complete trace, with spans of all three services and of the database.
 *
 * @returns its id, and the seconds since this process started; undefined on timeout @throws if lens doesn't respond
 */
export async function firstFullTrace(lensUrl: string, deadlineMs = DEADLINE_MS): Promise<FirstTrace | undefined> {
  // lens still has traces of earlier runs.
  const sql = fullTraceSince(new Date(performance.timeOrigin));
  try {
    const id = await until(() => askForTrace(lensUrl, sql), { timeoutMs: deadlineMs, intervalMs: 200 });
    return { id, seconds: performance.now() / 1000 };
  } catch (error) {
    if (error instanceof DeadlineError && error.cause === undefined) return undefined;
    throw error;
  }
}

async function askForTrace(lensUrl: string, sql: string): Promise<string | undefined> {
  const response = await fetch(`${lensUrl}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`lens rejected the query for a trace: ${await response.text()}`);
  const { rows } = (await response.json()) as { rows: [string][] };
  return rows[0]?.[0];
}
