import path from 'node:path';
import { checkFile } from '../check/check.ts';
import { type Finding, verdictOf } from '../check/finding.ts';
import { makeExam } from '../exam/exam.ts';
import { textOf } from '../lessons/files.ts';
import { hintsFor, type Lesson } from '../lessons/lesson.ts';
import { checkData, checkReload } from '../live/check-live.ts';
import type { Stack } from '../live/stack.ts';
import { startCommand as commandForStack } from '../live/stack.ts';
import { CANNOT_TELL, FAILED, PASSED } from './exit-codes.ts';
import { lessonOf, listLessons, nextLesson } from './list.ts';
import { pointAlloy, restartCollector } from './point.ts';
import { firstProblem, report, showProblem } from './report.ts';
import { solutionPart } from './solution-part.ts';
import { renderMarkdown, type Terminal } from './terminal.ts';
import type { Work } from './work.ts';

export type Context = { work: Work; terminal: Terminal; stack: Stack; file: string | undefined; offline: boolean };

const EXAM = 'exam';

const starterOf = (lesson: Lesson, seed: number): string =>
  lesson.name === EXAM ? makeExam(lesson, textOf(lesson, 'solution'), seed).text : textOf(lesson, 'starter');

export async function startCommand(
  context: Context,
  name: string | undefined,
  seed: string | undefined,
): Promise<number> {
  const { work, terminal } = context;
  const { say, style } = terminal;
  const lesson = lessonOf(name);
  if (!lesson) {
    say(name ? `There is no lesson ${name}.` : 'Which lesson?');
    listLessons(work.progress, terminal);
    return FAILED;
  }
  if (seed !== undefined && !/^\d{1,9}$/.test(seed)) {
    say(`--seed needs a whole number, not ${seed}.`);
    return FAILED;
  }
  const how = await beginLesson(work, lesson, seed);
  say(renderMarkdown(textOf(lesson, 'lesson'), terminal));
  if (!lesson.file) return PASSED;
  const file = work.fileOf(lesson);
  const shown = path.relative(process.cwd(), file);
  const notes = {
    started: 'this is the starter',
    restored: 'your earlier work is restored',
    kept: 'your work is kept',
  };
  say(`${style('bold', `Edit ${shown}`)} (${notes[how]}), and run npm run workshop watch in another terminal.`);
  if (context.offline) return PASSED;
  if (lesson.file === 'otel.yml') say(`Run the collector with it: ${commandForStack(file)}`);
  else await pointTo(context, lesson, file);
  return PASSED;
}

/** Makes the running Alloy read the file; if none runs, shows the command that starts one. */
async function pointTo({ terminal, stack }: Context, lesson: Lesson, file: string): Promise<void> {
  const { graph } = await checkFile(lesson, file);
  const ask = async () => (graph ? (await checkReload(lesson, graph, file, stack))[0] : undefined);
  let problem = await ask();
  if (problem?.code === 'other-configuration') {
    terminal.say('Alloy runs another configuration. Switching to yours …');
    if (await pointAlloy()) problem = await ask();
  }
  if (problem?.verdict === 'unknown') showProblem(problem, terminal);
}

/** Another seed makes another exam: what was written for the previous one is saved. */
async function beginLesson(
  work: Work,
  lesson: Lesson,
  seed: string | undefined,
): Promise<'started' | 'restored' | 'kept'> {
  const before = work.progress.lessons[lesson.name];
  const chosen = Number(seed ?? before?.seed ?? 1);
  const starter = lesson.file ? starterOf(lesson, chosen) : '';
  const how = await work.begin(lesson, starter);
  if (lesson.name !== EXAM || chosen === before?.seed) return how;
  if (how !== 'started') await work.replace(lesson, starter);
  work.progress.lessons[lesson.name] = { seed: chosen };
  await work.save();
  return 'started';
}

export type CheckOptions = { onFile?: (findings: Finding[]) => void; signal?: AbortSignal };

/** Runs the layers until one makes the next one pointless. */
export async function checkAll(
  context: Context,
  lesson: Lesson,
  { onFile, signal }: CheckOptions = {},
): Promise<Finding[]> {
  const file = context.file ?? context.work.fileOf(lesson);
  const { graph, findings } = await checkFile(lesson, file);
  if (!graph || verdictOf(findings) === 'failed' || context.offline) return findings;
  // If this fails, the next layers find out that no Collector responds.
  if (lesson.file === 'otel.yml') await restartCollector();
  const alloy = await checkReload(lesson, graph, file, context.stack);
  const soFar = [...findings, ...alloy];
  if (verdictOf(alloy) !== 'passed' || signal?.aborted) return soFar;
  onFile?.(soFar);
  const data = await checkData(lesson, graph, file, context.stack, { signal });
  // The data has settled what the file alone left open.
  return verdictOf(data) === 'passed' && data.length > 0
    ? [...soFar.filter(({ verdict }) => verdict !== 'unknown'), ...data]
    : [...soFar, ...data];
}

export async function checkCommand(context: Context): Promise<number> {
  const lesson = currentLesson(context);
  if (!lesson) return FAILED;
  if (!lesson.file) {
    context.terminal.say(
      `Lesson ${lesson.name} has no file to check. ${lesson.question.text}\n  npm run workshop answer …`,
    );
    return PASSED;
  }
  const began = performance.now();
  const findings = await checkAll(context, lesson);
  report(lesson, findings, (performance.now() - began) / 1000, context.terminal);
  const verdict = verdictOf(findings);
  if (verdict === 'passed') await passLesson(context, lesson);
  return verdict === 'passed' ? PASSED : verdict === 'failed' ? FAILED : CANNOT_TELL;
}

/** Records that a lesson is passed, and asks its question if someone can answer. */
export async function passLesson(context: Context, lesson: Lesson): Promise<void> {
  const { work, terminal } = context;
  const before = work.progress.lessons[lesson.name];
  work.progress.lessons[lesson.name] = { ...before, passed: true };
  await work.save();
  if (before?.answered) return;
  terminal.say(`\n  ${terminal.style('bold', 'One question:')} ${lesson.question.text}`);
  const answer = await terminal.ask('  > ');
  if (answer === undefined || answer.trim() === '') terminal.say('  npm run workshop answer …');
  else await grade(context, lesson, answer);
}

async function grade({ work, terminal }: Context, lesson: Lesson, answer: string): Promise<number> {
  const { say, style } = terminal;
  const right = lesson.question.answer.test(answer.trim());
  if (!right) {
    say(`  ${style('red', '✗')} That's not it. ${style('dim', 'Try again: npm run workshop answer …')}`);
    return FAILED;
  }
  work.progress.lessons[lesson.name] = { ...work.progress.lessons[lesson.name], answered: true };
  await work.save();
  say(`  ${style('green', '✓')} Correct. ${lesson.question.reason}`);
  const next = nextLesson(lesson);
  if (next) say(`\n  Next: npm run workshop start ${next.name}  ${style('dim', next.title)}`);
  return PASSED;
}

export async function answerCommand(context: Context, answer: string): Promise<number> {
  const lesson = currentLesson(context);
  if (!lesson) return FAILED;
  if (answer.trim() === '') {
    context.terminal.say(`  ${lesson.question.text}\n  npm run workshop answer …`);
    return FAILED;
  }
  return grade(context, lesson, answer);
}

/** The next hint for the first problem: a nudge, where to look, and then the part of the solution. */
export async function hintCommand(context: Context): Promise<number> {
  const { work, terminal } = context;
  const lesson = currentLesson(context);
  if (!lesson?.file) return FAILED;
  const problem = firstProblem(await checkAll({ ...context, offline: true }, lesson));
  if (!problem) {
    terminal.say('The file is correct. npm run workshop check also asks Alloy and the backends.');
    return PASSED;
  }
  showProblem(problem, terminal);
  const id = problem.requirement ?? '';
  const hints = hintsFor(lesson, id);
  // A problem with the form already has its message.
  if (!hints) return PASSED;
  const progress = work.progress.lessons[lesson.name];
  const step = Math.min(progress?.hints?.[id] ?? 0, 2);
  work.progress.lessons[lesson.name] = { ...progress, hints: { ...progress?.hints, [id]: step + 1 } };
  await work.save();
  terminal.say(`\n  ${terminal.style('bold', `Hint ${step + 1} of 3`)}`);
  if (step < 2) terminal.say(`  ${hints[step]}`);
  else terminal.say(solutionPart(textOf(lesson, 'solution'), hints[2], lesson.file));
  return PASSED;
}

export async function solveCommand(context: Context): Promise<number> {
  return replaceWith(context, (lesson) => textOf(lesson, 'solution'), 'the solution');
}

export async function resetCommand(context: Context): Promise<number> {
  const seed = context.work.progress.lessons[EXAM]?.seed ?? 1;
  return replaceWith(context, (lesson) => starterOf(lesson, seed), 'the starter');
}

async function replaceWith(context: Context, newText: (lesson: Lesson) => string, what: string): Promise<number> {
  const lesson = currentLesson(context);
  if (!lesson?.file) return FAILED;
  const kept = await context.work.replace(lesson, newText(lesson));
  const shown = (file: string) => path.relative(process.cwd(), file);
  context.terminal.say(
    `${shown(context.work.fileOf(lesson))} is now ${what}.${kept ? ` Your previous file: ${shown(kept)}` : ''}`,
  );
  return PASSED;
}

export function currentLesson({ work, terminal }: Context): Lesson | undefined {
  const lesson = lessonOf(work.progress.current);
  if (!lesson) {
    terminal.say('No lesson has been started.');
    listLessons(work.progress, terminal);
  }
  return lesson;
}
