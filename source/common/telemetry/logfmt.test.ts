import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLogfmt } from './logfmt.ts';

test('quotes everything except bare words, and omits undefined fields', () => {
  const line = formatLogfmt({
    level: 'info',
    msg: 'two words',
    status: 200,
    ok: true,
    none: undefined,
    empty: '',
    path: '/a-b_c?d',
  });
  assert.equal(line, 'level=info msg="two words" status=200 ok=true empty="" path=/a-b_c?d');
});

test("values can't start a new line or a new field", () => {
  const line = formatLogfmt({ msg: 'x" level=error\nlevel=error\ttab\u0000 back\\slash' });
  assert.equal(line, 'msg="x\\" level=error\\nlevel=error\\ttab\\u0000 back\\\\slash"');
  assert.equal(line.split('\n').length, 1);
});
