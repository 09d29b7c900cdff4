import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { firstProblem } from '../command/report.ts';
import { lessonsWith } from '../lessons/edits.ts';
import { fileOf, textOf } from '../lessons/files.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { type Mutant, mutantsOf } from './mutate.ts';

// Tests the checker with the layers that need only the file: it finds the fault, in the right line. Faults that these layers
// miss are rejected by the real Alloy, or show up in the data.

/** Not a fault: it is as good as the solution, and one of the variants (OTHER_WAYS of its lesson). */
const EQUIVALENT = ['10: regex, expression: one letter less'];

const nameOf = ({ lesson, mutant }: { lesson: Lesson; mutant: Mutant }) =>
  `${lesson.name}: ${mutant.kind}, ${mutant.what}`;

const all = lessonsWith('config.alloy').flatMap((lesson) =>
  mutantsOf(textOf(lesson, 'solution')).map((mutant) => ({ lesson, mutant })),
);
const mutants = all.filter((one) => !EQUIVALENT.includes(nameOf(one)));

const judged = mutants.map(({ lesson, mutant }) => {
  const { findings } = checkText(lesson, fileOf(lesson, 'solution'), mutant.text);
  const problem = firstProblem(findings);
  const failed = verdictOf(findings) === 'failed';
  const named = problem?.at ? mutant.lines.includes(problem.at.line) : problem?.args.kind === mutant.missing;
  return { lesson, mutant, failed, inRightLine: failed && named };
});

const list = (some: typeof judged) => some.map(nameOf).join('\n');

test('at least 300 mutants, of every kind', () => {
  const kinds = new Set(mutants.map(({ mutant }) => mutant.kind));
  assert.deepEqual([...kinds].sort(), ['block', 'component', 'label', 'port', 'quote', 'reference', 'regex']);
  assert.ok(mutants.length >= 300, String(mutants.length));
  assert.equal(all.length - mutants.length, EQUIVALENT.length);
  assert.equal(new Set(mutants.map(({ lesson, mutant }) => lesson.name + mutant.text)).size > 300, true);
});

test('at least 95 % of the mutants fail', (t) => {
  const survivors = judged.filter(({ failed }) => !failed);
  const share = 1 - survivors.length / judged.length;
  t.diagnostic(`${judged.length} mutants, ${(share * 100).toFixed(1)} % fail. Not:\n${list(survivors)}`);
  assert.ok(share >= 0.95);
});

test('at least 90 % of the mutants fail with the right line', (t) => {
  const wrong = judged.filter(({ failed, inRightLine }) => failed && !inRightLine);
  const share = judged.filter(({ inRightLine }) => inRightLine).length / judged.length;
  t.diagnostic(`${(share * 100).toFixed(1)} % report the right line. Another line:\n${list(wrong)}`);
  assert.ok(share >= 0.9);
});
