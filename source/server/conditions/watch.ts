import type { ConditionContext, ServerCondition } from './condition.ts';

const LINES = 50;

export const watch = ({ telemetry: { logger } }: Pick<ConditionContext, 'telemetry'>): ServerCondition => ({
  meet() {
    for (let line = 1; line <= LINES; line++) logger.warn('the beasts are restless', { line });
  },
});
