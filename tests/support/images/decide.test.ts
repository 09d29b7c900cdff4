import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from './decide.ts';

test('an image from elsewhere is never replaced', () => {
  for (const canBuild of [true, false]) {
    for (const force of [true, false]) assert.equal(decide({ found: 'other', canBuild, force }), 'keep');
  }
});

test('one of our own is made again only when forced', () => {
  assert.equal(decide({ found: 'stand-in', canBuild: true, force: false }), 'keep');
  assert.equal(decide({ found: 'stand-in', canBuild: true, force: true }), 'build');
  assert.equal(decide({ found: 'stand-in', canBuild: false, force: true }), 'keep');
});

test('a missing one is built where packages provide it', () => {
  for (const force of [true, false]) {
    assert.equal(decide({ found: 'nothing', canBuild: true, force }), 'build');
    assert.equal(decide({ found: 'nothing', canBuild: false, force }), 'unavailable');
  }
});
