import type { ConditionContext, ServerCondition } from './condition.ts';

const MAX_BEASTS = 50;

/** One query for each beast of a list, where the list itself would do. */
export const eachInDetail = ({ repository }: Pick<ConditionContext, 'repository'>): ServerCondition => ({
  async meet({ method, kind }) {
    if (method !== 'GET') return;
    for (const { name } of await repository.list(kind, { limit: MAX_BEASTS })) await repository.find(kind, name);
  },
});
