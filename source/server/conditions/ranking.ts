import type { ConditionContext, ServerCondition } from './condition.ts';

/** How long the slow query takes, in ms: far above the usual, and long enough to exhaust a pool of ten connections. */
const SLOW_QUERY_MS = 800;

export const ranking = ({ repository }: Pick<ConditionContext, 'repository'>): ServerCondition => ({
  meet: () => repository.sleep(SLOW_QUERY_MS),
});
