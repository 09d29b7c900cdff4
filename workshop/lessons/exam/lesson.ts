import { outcome } from '../../check/requirement.ts';
import lesson02 from '../02-infrastructure-metrics/lesson.ts';
import lesson04 from '../04-application-logs/lesson.ts';
import lesson07 from '../07-tail-sampling/lesson.ts';
import { alloyItself, mimir } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';

const PARTS = [lesson02, lesson04, lesson07];

export default {
  ...about('exam', 'exam', 'Exam: five faults', 45),
  requirements: [
    ...PARTS.flatMap(({ name, requirements }) => requirements.map((one) => ({ ...one, id: `${name}-${one.id}` }))),
    task(
      outcome('quiet', alloyItself, mimir, {
        input: { labels: { __name__: 'go_gc_duration_seconds' } },
        expect: { dropped: true },
      }),
      "Of Alloy's own metrics, go_gc_… and go_sched_… must be dropped.",
      'Add a rule on __name__ with a regex that matches the whole name, and action = "drop".',
      'prometheus.relabel.quiet',
    ),
    task(
      outcome('not-too-quiet', alloyItself, mimir, { input: { labels: { __name__: 'alloy_build_info' } }, expect: {} }),
      "Too many of Alloy's own metrics are dropped, or they are not forwarded.",
      'The regex should match only go_gc_… and go_sched_….',
      'prometheus.relabel.quiet',
    ),
  ],
  question: {
    text: 'Which page of Alloy shows all components and the data that flows between them? (Give its path.)',
    answer: /(^|\/)graph\/?$/i,
    reason: 'http://localhost:12347/graph.',
  },
  live: [...lesson02.live, ...lesson04.live, ...lesson07.live],
} satisfies Lesson;
