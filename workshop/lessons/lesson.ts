import type { Requirement } from '../check/requirement.ts';
import type { LiveCheck } from '../live/live-check.ts';

/** What a lesson is made of, beside its text (lesson.md), starter and solution. */
export type Lesson = {
  /** As one names it on the command line: 0 to 12, faro, beyla, exam. */
  name: string;
  folder: string;
  title: string;
  minutes: number;
  /** The file that one edits: config.alloy, otel.yml, or none. */
  file: 'config.alloy' | 'otel.yml' | undefined;
  requirements: readonly Requirement[];
  /** For each requirement a nudge, and then where to look. The third step is the part of the solution itself. */
  hints: Record<string, readonly [nudge: string, pointer: string, solution: string]>;
  question: { text: string; answer: RegExp; reason: string };
  live: readonly LiveCheck[];
};
