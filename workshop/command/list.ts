import { LESSONS } from '../lessons/all.ts';
import type { Lesson } from '../lessons/lesson.ts';
import type { Terminal } from './terminal.ts';
import type { Progress } from './work.ts';

export function listLessons({ current, lessons }: Progress, { say, style }: Terminal): void {
  say();
  for (const lesson of LESSONS) {
    const { passed, answered } = lessons[lesson.name] ?? {};
    const isDone = passed || lesson.file === undefined;
    const mark =
      isDone && answered ? style('green', '✓') : passed ? style('yellow', '?') : lesson.name === current ? '▸' : ' ';
    say(
      `  ${mark} ${lesson.name.padEnd(5)} ${lesson.title.padEnd(44)} ${style('dim', `${String(lesson.minutes).padStart(3)} min`)}`,
    );
  }
  const next = LESSONS.find(({ name }) => !lessons[name]?.answered);
  say();
  if (Object.values(lessons).some(({ passed, answered }) => passed && !answered)) {
    say(style('dim', '  ? passed, but the question is still open: npm run workshop answer …'));
  }
  if (lessonOf(current)) say(`  You are in lesson ${current}: npm run workshop watch`);
  else if (next) say(`  Start with: npm run workshop start ${next.name}`);
  say();
}

export const lessonOf = (name: string | undefined): Lesson | undefined =>
  LESSONS.find((lesson) => lesson.name === name?.toLowerCase().replace(/^0+(?=\d)/, ''));

export const nextLesson = ({ name }: Lesson): Lesson | undefined =>
  LESSONS[LESSONS.findIndex((lesson) => lesson.name === name) + 1];
