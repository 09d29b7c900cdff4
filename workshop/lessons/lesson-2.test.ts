import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { firstProblem } from '../command/report.ts';
import { LESSONS } from './all.ts';
import { edit } from './edits.ts';
import { textOf } from './files.ts';

// Lesson 2, followed word for word: code in its text is copied, and descriptions are turned into code. After each
// step, the checker must ask for the next one, and at the end the lesson must pass.

const lesson = LESSONS.find(({ name }) => name === '2')!;
const text = readFileSync(path.join(import.meta.dirname, lesson.folder, 'lesson.md'), 'utf8');

/** The code from a step, as a student would copy it. */
const given = (start: string): string => {
  const block = [...text.matchAll(/ {3}```\n([\s\S]*?) {3}```/g)]
    .map(([, code]) => code!)
    .find((code) => code.trim().startsWith(start));
  assert.ok(block, `the text contains ${start}`);
  return block.replace(/^ {3}/gm, '');
};

const problemOf = (file: string) => {
  const { findings } = checkText(lesson, 'config.alloy', file);
  return verdictOf(findings) === 'passed' ? undefined : firstProblem(findings);
};

test('each step of the text leads to the next, and the last one to passed', () => {
  let file = textOf(lesson, 'starter');
  assert.equal(problemOf(file)?.requirement, 'alloy-labels');

  // TODO 1: "after the address, add "group" = "infrastructure" and "service" = "alloy", separated by commas."
  file = edit(file, [
    [
      '{"__address__" = "127.0.0.1:12345"}',
      '{"__address__" = "127.0.0.1:12345", "group" = "infrastructure", "service" = "alloy"}',
    ],
  ]);
  assert.equal(problemOf(file)?.requirement, 'exporter');

  // TODO 2: the exporter, copied.
  file = edit(file, [
    ['// TODO 2: a component prometheus.exporter.postgres.\n', given('prometheus.exporter.postgres')],
  ]);
  assert.equal(problemOf(file)?.requirement, 'scraped');

  // TODO 3: the relabeling, copied, "then add a second rule like it, for the label service, with the value postgres".
  const relabel = given('discovery.relabel');
  const rule = /( {2}rule \{[\s\S]*? {2}\}\n)/.exec(relabel)![1]!;
  const second = rule.replace('"group"', '"service"').replace('"infrastructure"', '"postgres"');
  const todo3 = /\/\/ TODO 3:.*\n/.exec(file)![0];
  file = edit(file, [[todo3, relabel.replace(rule, `${rule}\n${second}`)]]);
  assert.equal(problemOf(file)?.requirement, 'scraped');

  // TODO 4: "add a second prometheus.scrape, with the label "database"", its targets, and the rest copied from the first one.
  const scrape = /prometheus\.scrape "alloy" \{[\s\S]*?\n\}\n/.exec(file)![0];
  const copied = scrape
    .replace('"alloy" {', '"database" {')
    .replace(/\t\/\/ TODO 1.*\n/, '')
    .replace(/targets( *)= .*/, 'targets$1= discovery.relabel.database.output');
  file = edit(file, [[/\/\/ TODO 4:.*\n/.exec(file)![0], copied]]);
  const problem = problemOf(file);
  assert.equal(problem && `${problem.at?.line}: ${explain(problem)}`, undefined, file);
});
