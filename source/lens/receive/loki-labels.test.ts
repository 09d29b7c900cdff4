import assert from 'node:assert/strict';
import test from 'node:test';
import { parseLabels } from './loki-labels.ts';

// Written by Go's strconv.Quote, parsed by Loki with Prometheus's parser.
for (const [quoted, expected] of [
  [String.raw`"C:\\apps\\var\\x41.log"`, String.raw`C:\apps\var\x41.log`],
  [String.raw`"\\\\u0041\\a\\v\\U0001F984"`, String.raw`\\u0041\a\v\U0001F984`],
  [String.raw`"\a\b\f\n\r\t\v\\\""`, '\u0007\b\f\n\r\t\u000b\\"'],
  [String.raw`"\U000f04a0"`, '\u{f04a0}'],
  [String.raw`"\U0001f984\u00e9"`, '🦄é'],
  [String.raw`"\x41\101"`, 'AA'],
  [String.raw`"\xc3\xa9"`, 'é'],
  [String.raw`"a\xffb"`, 'a\ufffdb'],
  [String.raw`"half \ud83d"`, 'half \ufffd'],
  [String.raw`'it\'s "one"'`, `it's "one"`],
  ['`raw \\n "`', 'raw \\n "'],
  ['""', ''],
  ['"🦄"', '🦄'],
] as const) {
  test(`${quoted} is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(parseLabels(`{a=${quoted}}`), { a: expected });
  });
}

test('label names, spaces and commas', () => {
  assert.deepEqual(parseLabels('{}'), {});
  assert.deepEqual(parseLabels(' { a = "x" , b=`y`, "c.d"="z", __proto__="p", } '), {
    a: 'x',
    b: 'y',
    'c.d': 'z',
    ['__proto__']: 'p',
  });
});

for (const bad of [
  '',
  'a="b"',
  '{a="b}',
  '{a="b" c="d"}',
  '{="b"}',
  '{,}',
  String.raw`{a="\q"}`,
  String.raw`{a="\'"}`,
  String.raw`{a="\x4"}`,
  String.raw`{a="\u12"}`,
  String.raw`{a="\U0011ffff"}`,
  String.raw`{a="\400"}`,
  String.raw`{a="\"}`,
  '{a="b\nc"}',
  '{a="b",a="c"}',
]) {
  test(`rejects ${bad}`, () => assert.throws(() => parseLabels(bad), Error));
}
