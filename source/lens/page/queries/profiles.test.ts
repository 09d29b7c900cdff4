import assert from 'node:assert/strict';
import { it } from 'node:test';
import { unitOf } from './profiles.ts';

it('counts are named after what they count', () => {
  assert.deepEqual(
    ['heap_objects', 'goroutine', 'samples'].map((type) => unitOf({ type, unit: 'count' })),
    ['objects', 'goroutine', 'samples'],
  );
  assert.equal(unitOf({ type: 'cpu', unit: 'nanoseconds' }), 'nanoseconds');
});
