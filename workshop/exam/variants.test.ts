import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { LESSONS } from '../lessons/all.ts';
import { edit, fileOf, lessonsWith, textOf } from '../lessons/edits.ts';
import { OTHER_WAYS } from '../lessons/other-ways.ts';
import { REWRITES } from './variants.ts';

// What is right must never be called wrong, however it is written.

let variants = 0;

describe('a solution, written in another way', () => {
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

describe('another way to the same end', () => {
  for (const { lesson: name, why, edits, text: whole, undecided = false } of OTHER_WAYS) {
    variants++;
    test(`lesson ${name}: ${why}`, () => {
      const lesson = LESSONS.find((lesson) => lesson.name === name)!;
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
