import { setTimeout as sleep } from 'node:timers/promises';

/** Time limit of each step of disconnecting, in ms. */
const CLOSE_TIMEOUT_MS = 2_000;

/** @returns undefined if the promise hasn't settled by the deadline, in ms since the epoch */
export async function withDeadline<T>(promise: Promise<T>, deadline: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = sleep(Math.max(0, deadline - Date.now()), undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** Waits briefly for a broker that may never respond; the end of the connection has the same effect. */
export async function bestEffort(request: Promise<unknown>): Promise<void> {
  await withDeadline(
    request.catch(() => {}),
    Date.now() + CLOSE_TIMEOUT_MS,
  );
}
