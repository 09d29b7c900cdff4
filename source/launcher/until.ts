import { setTimeout as sleep } from 'node:timers/promises';

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Calls `ask` repeatedly until it returns something truthy, other than an empty list. Errors count as "not yet".
 *
 * @throws {DeadlineError} on timeout, "waited 5 s for …", with the last error as its cause
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  {
    timeoutMs = 15_000,
    intervalMs = 100,
    what = () => 'it',
  }: { timeoutMs?: number; intervalMs?: number; what?: () => string } = {},
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    let cause: unknown;
    try {
      last = await ask();
      if (Array.isArray(last) ? last.length > 0 : last) return last as Truthy<T>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      const answer = String(cause ?? last);
      throw new DeadlineError(`waited ${timeoutMs / 1000} s for ${what()}; last result: ${answer}`, { cause });
    }
    await sleep(intervalMs);
  }
}
