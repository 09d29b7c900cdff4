import type { Fault, FaultContext } from './fault.ts';

/** Duration of the slow query, in ms: far above normal, and long enough to exhaust a pool of ten connections. */
const SLOW_QUERY_MS = 800;

export const slowDatabase = ({ repository }: FaultContext): Fault => ({
  onRequest: () => repository.sleep(SLOW_QUERY_MS),
});
