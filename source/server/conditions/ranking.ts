import type { ConditionContext, ServerCondition } from './condition.ts';

/** The slow query's duration in ms: far longer than usual, and enough to exhaust a pool of ten connections. */
const SLOW_QUERY_MS = 800;

export const ranking = ({ repository }: Pick<ConditionContext, 'repository'>): ServerCondition => ({
  meet: () => repository.sleep(SLOW_QUERY_MS),
});
