import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Finding, verdictOf } from '../check/finding.ts';
import { hintsFor, type Lesson } from '../lessons/lesson.ts';
import { explain } from './explain.ts';
import type { Terminal } from './terminal.ts';

/** The first thing to look at. A failure comes before something that can't be told. */
export function firstProblem(findings: readonly Finding[]): Finding | undefined {
  return findings.find(({ verdict }) => verdict === 'failed') ?? findings.find(({ verdict }) => verdict === 'unknown');
}

/** Prints the verdict: one line if everything passed, otherwise the first problem with its place in the file and its nudge. */
export function report(lesson: Lesson, findings: readonly Finding[], seconds: number, { say, style }: Terminal): void {
  const verdict = verdictOf(findings);
  const time = style('dim', `(${seconds.toFixed(1)} s)`);
  if (verdict === 'passed') {
    const layers = new Set(findings.map(({ layer }) => layer)).has('result') ? '' : ', judging by the file alone';
    say(`${style('green', '✓ passed')}${layers} ${time}`);
    return;
  }
  const problem = firstProblem(findings)!;
  say(`${verdict === 'failed' ? style('red', '✗ failed') : style('yellow', '? can’t tell')} ${time}`);
  if (verdict === 'unknown' && findings.some((finding) => finding.layer === 'intent')) {
    say('  The file itself is correct. What is missing:');
  }
  showProblem(problem, { say, style });
  const hint = problem.verdict === 'failed' ? hintsFor(lesson, problem.requirement) : undefined;
  if (hint) say(`\n  ${hint[0]}\n  ${style('dim', 'More: npm run workshop hint')}`);
  const wanted = findings.filter(({ layer }) => layer === 'intent');
  if (lesson.name === 'exam' && wanted.length > 0) {
    const held = wanted.filter((finding) => finding.verdict === 'passed').length;
    say(style('dim', `  ${held} of ${wanted.length} requirements are met.`));
  }
  const others = findings.filter((finding) => finding.verdict === 'failed' && finding !== problem).length;
  if (others > 0) say(style('dim', `  ${others} more to fix after this.`));
}

export function showProblem(problem: Finding, { say, style }: Pick<Terminal, 'say' | 'style'>): void {
  const { at } = problem;
  say(`\n  ${explain(problem)}`);
  if (!at) return;
  say(`  ${style('dim', `${path.relative(process.cwd(), at.file)}:${at.line}`)}`);
  const line = lineOf(at.file, at.line);
  if (line !== undefined) say(`\n  ${style('dim', String(at.line).padStart(4))} │ ${line.replaceAll('\t', '  ')}`);
}

function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1];
  } catch {
    return undefined;
  }
}
