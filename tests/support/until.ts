import { setTimeout as sleep } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Asks again and again until the answer is truthy, and returns it.
 *
 * @throws when time is over, saying `what` was waited for and the last error
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  {
    timeoutMs = 15_000,
    intervalMs = 100,
    what = () => 'it',
  }: { timeoutMs?: number; intervalMs?: number; what?: () => string } = {},
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer as Truthy<T>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what()}; the last answer was ${String(last)}`);
    }
    await sleep(intervalMs);
  }
}
