import { setTimeout as sleep } from 'node:timers/promises';

/** How long a step of disconnecting may take, in ms. */
const CLOSE_TIMEOUT_MS = 2_000;

/** @returns undefined if the promise has not settled by then, a time in ms since the epoch */
export async function withDeadline<T>(promise: Promise<T>, deadline: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = sleep(Math.max(0, deadline - Date.now()), undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** For requests to a broker that may be going away and never answer; its end of the connection then has the same effect. */
export async function inTime(request: Promise<unknown>): Promise<void> {
  await withDeadline(
    request.catch(() => {}),
    Date.now() + CLOSE_TIMEOUT_MS,
  );
}
