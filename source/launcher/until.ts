import { setTimeout as sleep } from 'node:timers/promises';

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Asks again and again until the answer is truthy, and returns it. An error counts as no answer yet.
 *
 * @throws {DeadlineError} when time is over, with the last error as its cause: "waited 5 s for …".
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
      if (last) return last as Truthy<T>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      const answer = String(cause ?? last);
      throw new DeadlineError(`waited ${timeoutMs / 1000} s for ${what()}; the last answer was ${answer}`, { cause });
    }
    await sleep(intervalMs);
  }
}
