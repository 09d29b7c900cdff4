import type { ConditionContext, ServerCondition } from './condition.ts';

const MAX_BEASTS = 50;

/** Runs a query for each beast of a list, although the list has all the data. */
export const eachInDetail = ({ repository }: Pick<ConditionContext, 'repository'>): ServerCondition => ({
  async meet({ method, kind }) {
    if (method !== 'GET') return;
    for (const { name } of await repository.list(kind, { limit: MAX_BEASTS })) await repository.find(kind, name);
  },
});
