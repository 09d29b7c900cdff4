import type { Condition } from '@mythical/common/conditions';

/** A completed request that can be repeated. */
export type Answered = { again(): Promise<unknown> };

const REPEATS = 2;

/** Repeats requests that have been answered, and ignores the results. */
export const repeatedRequests = (): Condition<Answered> => ({
  async meet({ again }) {
    for (let repeat = 0; repeat < REPEATS; repeat++) await again().catch(() => {});
  },
});
