import { until } from '../../source/launcher/until.ts';

export { until };

/** Waits until `ask` finds something, which may take minutes in a stack that has just started. */
export const found = <T>(what: string, ask: () => T | Promise<T>, timeoutMs = 60_000) =>
  until(ask, { timeoutMs, intervalMs: 1_000, what: () => what });
