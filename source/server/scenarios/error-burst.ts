import { HttpProblem } from '@mythical/common/http/problem';
import { isStruck } from '../releases.ts';
import type { Fault } from './fault.ts';

export const errorBurst = (): Fault => ({
  onRequest(release) {
    if (isStruck(release)) throw new HttpProblem(500, 'the scenario error-burst is on');
  },
});
