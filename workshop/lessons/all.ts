import lesson00 from './00-five-minutes/lesson.ts';
import lesson01 from './01-vocabulary/lesson.ts';
import lesson02 from './02-infrastructure-metrics/lesson.ts';
import lesson03 from './03-infrastructure-logs/lesson.ts';
import lesson04 from './04-application-logs/lesson.ts';
import lesson05 from './05-otlp/lesson.ts';
import lesson06 from './06-from-spans/lesson.ts';
import lesson07 from './07-tail-sampling/lesson.ts';
import lesson08 from './08-profiles/lesson.ts';
import lesson09 from './09-cost/lesson.ts';
import lesson10 from './10-redaction/lesson.ts';
import lesson11 from './11-nothing-lost/lesson.ts';
import lesson12 from './12-collector/lesson.ts';
import beyla from './elective-beyla/lesson.ts';
import faro from './elective-faro/lesson.ts';
import exam from './exam/lesson.ts';
import type { Lesson } from './lesson.ts';

export const LESSONS: readonly Lesson[] = [
  ...[lesson00, lesson01, lesson02, lesson03, lesson04, lesson05, lesson06],
  ...[lesson07, lesson08, lesson09, lesson10, lesson11, lesson12, faro, beyla, exam],
];
