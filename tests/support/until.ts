import { until as untilDeadline } from '../../source/launcher/until.ts';

/** Patient by default: a busy machine may take long for what takes seconds elsewhere, and the deadline only matters for failures. */
export const until: typeof untilDeadline = (ask, options) => untilDeadline(ask, { timeoutMs: 60_000, ...options });

/** Waits until `ask` finds something, which may take minutes in a stack that has just started. */
export const found = <T>(what: string, ask: () => T | Promise<T>, timeoutMs = 60_000) =>
  until(ask, { timeoutMs, intervalMs: 1_000, what: () => what });
