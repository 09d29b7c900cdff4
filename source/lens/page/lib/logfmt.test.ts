import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLogfmt, parseLogfmt } from './logfmt.ts';

describe('logfmt', () => {
  it('reads plain, quoted and empty values', () => {
    assert.deepEqual(parseLogfmt('level=info msg="it said \\"hi\\"" http.method=POST empty= flag'), [
      ['level', 'info'],
      ['msg', 'it said "hi"'],
      ['http.method', 'POST'],
      ['empty', ''],
      ['flag', 'true'],
    ]);
  });

  it('accepts an equals sign in a value, and an unclosed quote', () => {
    assert.deepEqual(parseLogfmt('url=/a?b=c msg="cut off'), [
      ['url', '/a?b=c'],
      ['msg', 'cut off'],
    ]);
  });

  it('distinguishes logfmt from free text', () => {
    assert.equal(isLogfmt('level=info msg=x'), true);
    assert.equal(isLogfmt('the answer is a=42, they say'), false);
    assert.equal(isLogfmt('{"level":"info"}'), false);
  });
});
