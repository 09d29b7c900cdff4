import { setTimeout as sleep } from 'node:timers/promises';

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Asks again and again until the answer is true.
 *
 * @throws {DeadlineError} after `deadlineMs`: "waited 5 s for …".
 */
export async function until(
  answer: () => boolean | Promise<boolean>,
  deadlineMs: number,
  what: string,
  intervalMs = 50,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await answer())) {
    if (performance.now() > deadline) throw new DeadlineError(`waited ${deadlineMs / 1000} s for ${what}`);
    await sleep(intervalMs);
  }
}
