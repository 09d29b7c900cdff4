import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from './parser.ts';
import { attributesAt, type Block } from './syntax.ts';

const problemsOf = (text: string) => parse(text).problems.map(({ code, at }) => `${at.line}:${at.column} ${code}`);
const expressionOf = (text: string) => attributesAt(parse(`a = ${text}`).body, 'a')[0]!.value;

test('all configurations of the sandbox can be parsed', () => {
  const folder = path.join(import.meta.dirname, '../../alloy');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.alloy'));
  assert.ok(files.length > 5);
  for (const file of files) {
    const { body, problems } = parse(readFileSync(path.join(folder, file), 'utf8'));
    assert.deepEqual(problems, [], file);
    assert.ok(body.length > 0);
  }
});

test('blocks, labels, attributes and their positions', () => {
  const { body, problems } = parse('logging {\n\tlevel = "info"\n}\n\nloki.write "x_1" {\n  endpoint { url = "u" }\n}');
  assert.deepEqual(problems, []);
  const [logging, write] = body as [Block, Block];
  assert.deepEqual([logging.name, logging.label, logging.at.line, logging.end.line], ['logging', undefined, 1, 3]);
  assert.deepEqual([write.name, write.label], ['loki.write', 'x_1']);
  const [level] = attributesAt(logging.body, 'level');
  assert.deepEqual([level!.at.line, level!.at.column], [2, 2]);
  assert.deepEqual(attributesAt(write.body, 'endpoint/url')[0]!.at.line, 6);
});

describe('expressions', () => {
  test('literals', () => {
    const literals: [string, unknown][] = [
      ['12', 12],
      ['1.5e3', 1500],
      ['true', true],
      ['null', null],
      ['"a\\n\\"b\\" \\u00e9 \\x41"', 'a\n"b" é A'],
      ['`raw \\n "x"`', 'raw \\n "x"'],
    ];
    for (const [text, wanted] of literals) {
      const value = expressionOf(text);
      assert.equal(value.type === 'literal' ? value.value : value, wanted);
    }
  });

  test('operators have the same precedence as in Alloy, and ^ is right-associative', () => {
    const shape = (text: string): string => {
      const show = (value: ReturnType<typeof expressionOf>): string =>
        value.type === 'binary'
          ? `(${show(value.left)}${value.operator}${show(value.right)})`
          : value.type === 'literal'
            ? String(value.value)
            : value.type;
      return show(expressionOf(text));
    };
    assert.equal(shape('1 + 2 * 3 - 4'), '((1+(2*3))-4)');
    assert.equal(shape('2 ^ 3 ^ 2'), '(2^(3^2))');
    assert.equal(shape('1 < 2 && true || false'), '(((1<2)&&true)||false)');
  });

  test('lists over several lines, and comments in between', () => {
    assert.deepEqual(problemsOf('a = [\n  1, // one\n  /* two */ 2,\n]\nb = {x = 1, "y" = 2}\n'), []);
    assert.deepEqual(problemsOf('a = b.c("d", [e][0]).f\n'), []);
  });
});

describe('a problem has a position', () => {
  const cases: [why: string, text: string, problems: string[]][] = [
    ['a quote is missing', 'a "x" {\n  b = "c\n  d = 1\n}\n', ['2:7 unterminated-string']],
    [
      'so a brace is inside the string',
      'a "x" {\n  b = {"c" = "d}\n  e = 1\n}\nf "y" { }\n',
      ['2:14 unterminated-string'],
    ],
    ['single quotes', "a = 'b'\n", ['1:5 single-quotes']],
    ['a comma is missing', 'a = [\n  1\n  2,\n]\n', ['2:4 missing-comma']],
    ['no comma after the last item, on a separate line', 'a = [\n  1,\n  2\n]\n', ['3:4 missing-comma']],
    ['a bracket is missing', 'a "x" {\n  b = [1, 2\n}\n', ['2:12 missing-comma']],
    ['a brace is missing', 'a "x" {\n  b = 1\n\nc "y" {\n  d = 1\n}\n', ['1:1 unclosed-block']],
    ['an extra brace', 'a "x" {\n}\n}\n', ['3:1 unexpected']],
    ['an invalid label', 'a "x-y" {\n}\n', ['1:3 bad-label']],
    ['a value is missing', 'a "x" {\n  b =\n  c = 1\n}\n', ['2:3 unexpected']],
    ['two attributes on a line', 'a = 1 b = 2\n', ['1:7 unexpected']],
    ['an attribute with dots', 'a.b = 1\n', ['1:1 dotted-attribute']],
    ['an invalid escape', 'a = "\\d"\n', ['1:5 unknown-escape']],
    ['a comment without an end', 'a = 1 /* b\n', ['1:7 unterminated-comment']],
    ['an illegal character', 'a = 1;\n', ['1:6 illegal-character']],
  ];
  for (const [why, text, problems] of cases) test(why, () => assert.deepEqual(problemsOf(text), problems));

  test('after an invalid statement, the next one is parsed', () => {
    assert.deepEqual(problemsOf('a =\nb = "x"\nb "x" {\n  c = [1 2]\n  d = 1\n}\ne = )\n'), [
      '1:1 unexpected',
      '4:10 missing-comma',
      '7:5 unexpected',
    ]);
  });
});
