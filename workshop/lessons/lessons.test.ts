import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { firstProblem } from '../command/report.ts';
import { solutionPart } from '../command/solution-part.ts';
import { LESSONS } from './all.ts';
import { answersTo } from './answers.ts';
import { edit } from './edits.ts';
import { fileOf, textOf } from './files.ts';

/** The checker's first finding for each starter: the requirement, or the code of a problem with its form. */
const STARTERS: Record<string, { requirement: string; code: string }> = {
  1: { requirement: 'livedebugging', code: 'missing-attribute' },
  2: { requirement: 'alloy-labels', code: 'missing-label-value' },
  3: { requirement: 'own-log', code: 'no-way' },
  4: { requirement: 'port', code: 'wrong-value' },
  5: { requirement: 'receiver', code: 'missing-attribute' },
  6: { requirement: 'span-logs', code: 'no-way' },
  7: { requirement: 'sampled', code: 'wrong-way' },
  8: { requirement: 'url', code: 'missing-attribute' },
  9: { requirement: 'label', code: 'surplus-label' },
  10: { requirement: 'line', code: 'secret' },
  11: { requirement: 'wal', code: 'wrong-value' },
  12: { requirement: 'receiver', code: 'missing-attribute' },
  faro: { requirement: 'origins', code: 'missing-value' },
  beyla: { requirement: 'kept', code: 'not-dropped' },
};

// The exam has no starter: exam.test.ts.
const withFile = LESSONS.filter(({ file, name }) => file !== undefined && name !== 'exam');

for (const lesson of withFile) {
  const { MISTAKES } = await answersTo(lesson);
  describe(`lesson ${lesson.name}`, () => {
    const solution = textOf(lesson, 'solution');

    test('the solution passes', () => {
      const { findings } = checkText(lesson, fileOf(lesson, 'solution'), solution);
      assert.deepEqual(
        findings
          .filter(({ verdict }) => verdict !== 'passed')
          .map((finding) => `${finding.at?.line}: ${explain(finding)}`),
        [],
      );
      assert.equal(findings.length, lesson.requirements.length);
    });

    test('the starter fails, and its first finding is the place to start', () => {
      const { findings } = checkText(lesson, fileOf(lesson, 'starter'), textOf(lesson, 'starter'));
      assert.equal(verdictOf(findings), 'failed');
      const { requirement, code } = firstProblem(findings)!;
      assert.deepEqual({ requirement, code }, STARTERS[lesson.name]);
      assert.equal(findings.filter(({ layer }) => layer === 'form').length, 0, 'Alloy accepts it');
    });

    test('each requirement has three hints, and the last is a part of the solution', () => {
      const ids = lesson.requirements.map(({ id }) => id);
      assert.deepEqual([...new Set(ids)], ids);
      for (const [nudge, pointer, name] of lesson.requirements.map(({ hints }) => hints)) {
        assert.ok(nudge.length > 10 && pointer.length > 5);
        const part = solutionPart(solution, name, lesson.file);
        assert.ok(solution.includes(part) && part.length < solution.trim().length, `${name} is a part of it`);
        // Of a Collector's file, only one section; of Alloy's, only one block.
        assert.equal(part.match(/^[a-z]/gm)?.length, 1, part);
      }
    });

    for (const { why, edits, finds } of MISTAKES) {
      const [code, requirement, line] = finds;
      test(`mistake: ${why}`, () => {
        const text = edit(solution, edits);
        const problem = firstProblem(checkText(lesson, 'config.alloy', text).findings);
        assert.ok(problem, 'the checker finds no problem');
        const found = problem.at && text.split('\n')[problem.at.line - 1];
        assert.deepEqual([problem.code, problem.requirement], [code, requirement], explain(problem));
        assert.ok(found?.includes(line), `line ${problem.at?.line}: ${found}`);
      });
    }
  });
}

test('each lesson has three typical mistakes, each with a different hint', async () => {
  for (const lesson of withFile) {
    const { MISTAKES } = await answersTo(lesson);
    assert.ok(MISTAKES.length >= 3, lesson.name);
    const said = MISTAKES.map(({ edits, finds: [code, , line] }) => `${edits[0]?.[1]} ${code} ${line}`);
    assert.equal(new Set(said).size, said.length);
  }
});

test('each lesson has a text with all sections, and a question that accepts only right answers', () => {
  for (const lesson of LESSONS) {
    const file = path.join(import.meta.dirname, lesson.folder, 'lesson.md');
    assert.ok(existsSync(file), file);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.startsWith(`# Lesson ${lesson.name}`) || text.startsWith('# Elective'), file);
    for (const part of ['**Goal**', `${lesson.minutes} minutes`, '## Steps', '## The question', lesson.question.text]) {
      assert.ok(text.includes(part), `${lesson.folder} lacks ${part}`);
    }
    if (lesson.file)
      for (const part of ['```\n', '## Look at it', '12347']) assert.ok(text.includes(part), `${file}: ${part}`);
    assert.ok(!lesson.question.answer.test('no idea'));
  }
});

test('a question accepts a right answer in a sentence, and no other number or word', () => {
  const cases: [lesson: string, right: string[], wrong: string[]][] = [
    ['1', ['2', 'two', '2 components'], ['3', '20', 'one or two']],
    ['4', ['40', '40 minutes', 'by forty minutes'], ['4', '400', '30 minutes']],
    ['7', ['high', 'too high', 'It would be too high.'], ['too low', 'not too high', 'higher or lower: low']],
    ['9', ['500000', '500,000', '500,000 series', 'half a million'], ['50,000', '5000000', '1,030']],
    ['beyla', ['eBPF', 'BPF', 'eBPF programs'], ['BTF', 'kprobes']],
    ['exam', ['/graph', 'graph', 'http://localhost:12347/graph'], ['paragraph', '/metrics']],
  ];
  for (const [name, right, wrong] of cases) {
    const { answer } = LESSONS.find((lesson) => lesson.name === name)!.question;
    assert.deepEqual(
      right.filter((text) => !answer.test(text)),
      [],
    );
    assert.deepEqual(
      wrong.filter((text) => answer.test(text)),
      [],
    );
  }
});
