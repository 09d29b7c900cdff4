import type { Fault, FaultContext } from './fault.ts';

/** How long the slow query takes, in ms: far above the usual, and long enough to exhaust a pool of ten connections. */
const SLOW_QUERY_MS = 800;

export const slowDatabase = ({ repository }: FaultContext): Fault => ({
  onRequest: () => repository.sleep(SLOW_QUERY_MS),
});
