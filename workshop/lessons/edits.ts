import { LESSONS } from './all.ts';
import type { Lesson } from './lesson.ts';

/** A change to a solution: each text, which occurs exactly once, is replaced with another one. */
export type Edits = readonly (readonly [from: string, to: string])[];

export const lessonsWith = (file: Lesson['file']) =>
  LESSONS.filter((lesson) => lesson.file === file && lesson.name !== 'exam');

/** @throws if a text is missing or occurs more than once: an edit that changes nothing would test nothing */
export function edit(text: string, edits: Edits): string {
  return edits.reduce((text, [from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} occurs ${parts.length - 1} times`);
    return parts.join(to);
  }, text);
}
