import { setTimeout as sleep } from 'node:timers/promises';

/** @returns undefined if the promise hasn't settled in time */
export async function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = sleep(Math.max(0, timeoutMs), undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
