import type { Requirement } from '../../check/requirement.ts';
import lesson02 from '../02-infrastructure-metrics/lesson.ts';
import lesson04 from '../04-application-logs/lesson.ts';
import lesson07 from '../07-tail-sampling/lesson.ts';
import { alloyItself, mimir } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const PARTS = [lesson02, lesson04, lesson07] as const;

/** The requirements of three lessons, each once. */
const requirements: Requirement[] = [
  ...PARTS.flatMap((lesson) =>
    lesson.requirements.map(
      (requirement) => ({ ...requirement, id: `${lesson.name}-${requirement.id}` }) as Requirement,
    ),
  ),
  {
    ...{ id: 'quiet', type: 'outcome', from: alloyItself, to: mimir },
    input: { labels: { __name__: 'go_gc_duration_seconds' } },
    expect: { dropped: true },
  },
  {
    ...{ id: 'not-too-quiet', type: 'outcome', from: alloyItself, to: mimir },
    input: { labels: { __name__: 'alloy_build_info' } },
    expect: {},
  },
];

const hints = Object.fromEntries([
  ...PARTS.flatMap((lesson) =>
    Object.entries(lesson.hints).map(([id, hint]) => [`${lesson.name}-${id}`, hint] as const),
  ),
  [
    'quiet',
    [
      "Of Alloy's own metrics, go_gc_… and go_sched_… must be dropped.",
      'Add a rule on __name__ with a regex that matches the whole name, and action = "drop".',
      'prometheus.relabel.quiet',
    ],
  ],
  [
    'not-too-quiet',
    [
      "Too many of Alloy's own metrics are dropped, or they are not forwarded.",
      'The regex should match only go_gc_… and go_sched_….',
      'prometheus.relabel.quiet',
    ],
  ],
] as [string, Lesson['hints'][string]][]);

export default {
  ...{ name: 'exam', folder: 'exam', title: 'Exam: five faults', minutes: 45, file: 'config.alloy' },
  requirements,
  hints,
  question: {
    text: 'Which page of Alloy shows all components and the data that flows between them? (Give its path.)',
    answer: /\/?graph\/?$/i,
    reason: 'http://localhost:12347/graph.',
  },
  live: [...lesson02.live, ...lesson04.live, ...lesson07.live],
} satisfies Lesson;
