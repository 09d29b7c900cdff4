import type { Requirement } from '../check/requirement.ts';
import type { LiveCheck } from '../live/live-check.ts';

/** A requirement with three hints: a nudge, where to look, and the part of the solution itself. */
export type Task = Requirement & { hints: readonly [nudge: string, pointer: string, solution: string] };

export const task = (requirement: Requirement, ...hints: Task['hints']): Task => ({ ...requirement, hints });

/** The head of a lesson; most have Alloy's file. */
export const about = (
  name: string,
  folder: string,
  title: string,
  minutes: number,
  file: Lesson['file'] = 'config.alloy',
) => ({ name, folder, title, minutes, file });

/** The parts of a lesson, in addition to its text (lesson.md), starter and solution. */
export type Lesson = {
  /** The name on the command line: 0 to 12, faro, beyla, exam. */
  name: string;
  folder: string;
  title: string;
  minutes: number;
  /** The file to edit: config.alloy, otel.yml, or none. */
  file: 'config.alloy' | 'otel.yml' | undefined;
  requirements: readonly Task[];
  question: { text: string; answer: RegExp; reason: string };
  live: readonly LiveCheck[];
};

export const hintsFor = ({ requirements }: Lesson, id: string | undefined): Task['hints'] | undefined =>
  requirements.find((task) => task.id === id)?.hints;
