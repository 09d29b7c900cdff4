import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatRoute, parseRoute } from './route.ts';

describe('routes', () => {
  it('survive a round trip through the address', () => {
    const params = { q: "SELECT '%?&=#' || 'ü'", service: 'a/b' };
    assert.deepEqual(parseRoute(formatRoute('trace', params, 'a/b?c')), { view: 'trace', id: 'a/b?c', params });
  });

  it('omit empty parameters', () => {
    assert.equal(formatRoute('logs', { level: '', service: undefined, range: '5' }), '#/logs?range=5');
    assert.equal(formatRoute('red'), '#/red');
  });

  it('lead to the first view from an unknown address', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#hello world', '#/trace/%E0%A4%A']) {
      assert.ok(['red', 'trace'].includes(parseRoute(hash).view), hash);
    }
    assert.equal(parseRoute('').view, 'red');
  });
});
