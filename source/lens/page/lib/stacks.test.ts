import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeStacks, topFunctions } from './stacks.ts';

const stacks = [
  { frames: ['main', 'handle', 'query'], value: 5 },
  { frames: ['main', 'handle'], value: 2 },
  { frames: ['main', 'idle'], value: 10 },
];

describe('mergeStacks', () => {
  it('sums shared frames, largest child first', () => {
    const leaf = (name: string, value: number) => ({ name, value, children: [] });
    assert.deepEqual(mergeStacks(stacks, 'all'), {
      name: 'all',
      value: 17,
      children: [
        {
          name: 'main',
          value: 17,
          children: [leaf('idle', 10), { name: 'handle', value: 7, children: [leaf('query', 5)] }],
        },
      ],
    });
  });

  it('is a single root without stacks', () => {
    assert.deepEqual(mergeStacks([], 'all'), { name: 'all', value: 0, children: [] });
  });
});

describe('topFunctions', () => {
  it("distinguishes a function's self and total value", () => {
    assert.deepEqual(topFunctions(stacks), [
      { name: 'idle', self: 10, total: 10 },
      { name: 'query', self: 5, total: 5 },
      { name: 'handle', self: 2, total: 7 },
      { name: 'main', self: 0, total: 17 },
    ]);
  });

  it('counts a recursive function once per stack', () => {
    assert.deepEqual(topFunctions([{ frames: ['f', 'f', 'f'], value: 3 }]), [{ name: 'f', self: 3, total: 3 }]);
  });
});
