import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { LESSONS } from '../lessons/all.ts';
import { answersTo } from '../lessons/answers.ts';
import { edit, fileOf, lessonsWith, textOf } from '../lessons/edits.ts';
import { REWRITES } from './variants.ts';

// A correct configuration must never be reported as wrong, however it is written.

let variants = 0;

describe('a solution, written differently', () => {
  for (const lesson of lessonsWith('config.alloy')) {
    const solution = textOf(lesson, 'solution');
    for (const [how, rewrite] of Object.entries(REWRITES)) {
      const text = rewrite(solution);
      if (text === solution) continue;
      variants++;
      test(`lesson ${lesson.name}: ${how}`, () => {
        const { findings } = checkText(lesson, fileOf(lesson, 'solution'), text);
        const problems = findings.filter(({ verdict }) => verdict !== 'passed');
        assert.deepEqual(
          problems.map((finding) => `${finding.at?.line}: ${explain(finding)}`),
          [],
          text,
        );
      });
    }
  }
});

const otherWays = await Promise.all(
  LESSONS.map(async (lesson) => (await answersTo(lesson)).OTHER_WAYS.map((way) => ({ lesson, ...way }))),
);

describe('another correct solution', () => {
  for (const { lesson, why, edits, text: whole, undecided = false } of otherWays.flat()) {
    variants++;
    test(`lesson ${lesson.name}: ${why}`, () => {
      const text = whole ?? edit(textOf(lesson, 'solution'), edits ?? []);
      const { findings } = checkText(lesson, fileOf(lesson, 'solution'), text);
      const problems = findings.filter(({ verdict }) => verdict !== 'passed');
      assert.equal(
        verdictOf(findings),
        undecided ? 'unknown' : 'passed',
        problems.map((finding) => `${finding.requirement} ${finding.at?.line}: ${explain(finding)}`).join('\n'),
      );
    });
  }
});

test('at least 60 variants', (t) => {
  t.diagnostic(`${variants} variants`);
  assert.ok(variants >= 60);
});
