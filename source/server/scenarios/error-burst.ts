import { HttpProblem } from '@mythical/common/http/problem';
import { failsInErrorBurst } from '../releases.ts';
import type { Fault } from './fault.ts';

export const errorBurst = (): Fault => ({
  onRequest(release) {
    if (failsInErrorBurst(release)) throw new HttpProblem(500, 'failed by the scenario error-burst');
  },
});
