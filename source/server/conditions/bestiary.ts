import { HttpProblem } from '@mythical/common/http/problem';
import { failsInErrorBurst, NEW } from '../releases.ts';
import type { ConditionContext, ServerCondition } from './condition.ts';

const MESSAGE = 'the bestiary has no page with this number';

/** Half of the requests fail, most of them in the new release. */
export const brokenBestiary = (): ServerCondition => ({
  meet({ release }) {
    if (failsInErrorBurst(release)) throw new HttpProblem(500, MESSAGE);
  },
});

/** The new release fails all requests for one kind, and no others. */
export function newBestiary({ telemetry }: Pick<ConditionContext, 'telemetry'>): ServerCondition {
  const { kinds } = telemetry.identity.vocabulary;
  let broken: string | undefined;
  return {
    start(variant) {
      broken = kinds[variant % kinds.length]!.name;
    },
    meet({ release, kind }) {
      if (release === NEW && kind === broken) throw new HttpProblem(500, MESSAGE);
    },
  };
}
