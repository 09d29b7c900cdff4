import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { LESSONS } from '../lessons/all.ts';
import { fileOf, textOf } from '../lessons/files.ts';
import { makeExam } from './exam.ts';

const lesson = LESSONS.find(({ name }) => name === 'exam')!;
const solution = textOf(lesson, 'solution');

test('an exam has five faults of five kinds, fails, and is the same for the same seed', () => {
  const texts = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) {
    const { text, faults } = makeExam(lesson, solution, seed);
    assert.equal(new Set(faults.map(({ kind }) => kind)).size, 5, `seed ${seed}`);
    assert.equal(verdictOf(checkText(lesson, fileOf(lesson, 'solution'), text).findings), 'failed');
    assert.equal(makeExam(lesson, solution, seed).text, text);
    texts.add(text);
  }
  assert.ok(texts.size >= 18, `${texts.size} different exams of 20`);
});

test('with all faults but one repaired, the exam still fails; with all repaired, it passes', () => {
  const { faults } = makeExam(lesson, solution, 7);
  for (const { text, what } of faults) {
    assert.equal(verdictOf(checkText(lesson, 'config.alloy', text).findings), 'failed', what);
  }
  assert.equal(verdictOf(checkText(lesson, 'config.alloy', solution).findings), 'passed');
});
