import type { Requirement } from '../check/requirement.ts';
import type { LiveCheck } from '../live/live-check.ts';

/** The parts of a lesson, in addition to its text (lesson.md), starter and solution. */
export type Lesson = {
  /** The name on the command line: 0 to 12, faro, beyla, exam. */
  name: string;
  folder: string;
  title: string;
  minutes: number;
  /** The file to edit: config.alloy, otel.yml, or none. */
  file: 'config.alloy' | 'otel.yml' | undefined;
  requirements: readonly Requirement[];
  /** For each requirement: a nudge, then where to look. The third hint is the part of the solution itself. */
  hints: Record<string, readonly [nudge: string, pointer: string, solution: string]>;
  question: { text: string; answer: RegExp; reason: string };
  live: readonly LiveCheck[];
};
