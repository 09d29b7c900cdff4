import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Edits } from './edits.ts';
import type { Lesson } from './lesson.ts';

// Wrong and right answers to each lesson, which the checker must tell apart: answers.ts in the lesson's folder.

/** A typical mistake, and what the checker must report for it. */
export type Mistake = {
  why: string;
  edits: Edits;
  /** The first finding, and a part of the line that it reports. */
  finds: [code: string, requirement: string | undefined, line: string];
};

/** A correct answer that differs from the solution. */
export type OtherWay = {
  why: string;
  /** A change to the solution, or a whole file. */
  edits?: Edits;
  text?: string;
  /** The file alone is not enough to tell: the running Alloy is asked. */
  undecided?: boolean;
};

export type Answers = { MISTAKES: readonly Mistake[]; OTHER_WAYS: readonly OtherWay[] };

export async function answersTo({ folder }: Lesson): Promise<Answers> {
  const file = path.join(import.meta.dirname, folder, 'answers.ts');
  return existsSync(file) ? ((await import(file)) as Answers) : { MISTAKES: [], OTHER_WAYS: [] };
}
