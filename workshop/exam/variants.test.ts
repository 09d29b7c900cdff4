import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COMPONENTS } from '../alloy/components.ts';
import { parse } from '../alloy/parser.ts';
import type { Block } from '../alloy/syntax.ts';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { LESSONS } from '../lessons/all.ts';
import { answersTo } from '../lessons/answers.ts';
import { edit, lessonsWith } from '../lessons/edits.ts';
import { fileOf, textOf } from '../lessons/files.ts';

// A correct configuration must never be reported as wrong, however it is written.

/** Writes a configuration in other ways with the same meaning. */
const REWRITES: Record<string, (text: string) => string> = {
  'other labels': (text) =>
    components(text).reduce((text, { name, label }) => {
      const renamed = text.replaceAll(`${name}.${label}.`, `${name}.my_${label}.`);
      return renamed.replace(`${name} "${label}"`, `${name} "my_${label}"`);
    }, text),
  'last component first': (text) =>
    parse(text)
      .body.map(({ at }, index, body) => text.slice(at.offset, body[index + 1]?.at.offset))
      .map((part) => part.replace(/^\/\/.*\n/gm, ''))
      .reverse()
      .join('\n'),
  'on as few lines as possible': (text) =>
    text
      .replace(/^\s*\/\/.*\n/gm, '')
      .replace(/[\t ]+/g, ' ')
      .replace(/\n\n+/g, '\n'),
  'comments everywhere, and Windows line endings': (text) =>
    text.replace(/\n/g, ' // really? "yes" { }\r\n').replace(/^/, '/* x */ '),
  'without indentation': (text) => text.replace(/^[\t ]+/gm, ''),
  'raw strings': (text) => text.replace(/(?<== )"([^"\\\n]*)"(?=\s*$)/gm, '`$1`'),
  'concatenated lists': (text) => text.replace(/forward_to(\s*)= (\[[^\]]*\])/g, 'forward_to$1= array.concat([], $2)'),
  'a second destination': (text) =>
    ['prometheus', 'loki', 'pyroscope'].reduce((text, space) => addDestination(text, space), text),
  'additional components': (text) =>
    `${text}\nprometheus.exporter.self "extra" { }\n\nprometheus.scrape "extra" {\n\ttargets = prometheus.exporter.self.extra.targets\n\tforward_to = [prometheus.echo.extra.receiver]\n}\n\nprometheus.echo "extra" { }\n`,
  'computed values': (text) => text.replace(/"http:\/\/(\w+):/g, '"http://" + "$1:'),
};

function components(text: string): { name: string; label: string }[] {
  return parse(text).body.flatMap((block) =>
    block.type === 'block' && block.label && block.name in COMPONENTS ? [{ name: block.name, label: block.label }] : [],
  );
}

/** An echo next to the component that writes: both receive all data. */
function addDestination(text: string, space: string): string {
  const writes = parse(text).body.find(
    (block): block is Block =>
      block.type === 'block' && [`${space}.write`, `${space}.remote_write`].includes(block.name),
  );
  if (!writes || space === 'pyroscope') return text;
  const receiver = `${writes.name}.${writes.label}.receiver`;
  return `${text.replaceAll(receiver, `${receiver}, ${space}.echo.beside.receiver`)}\n${space}.echo "beside" { }\n`;
}

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
