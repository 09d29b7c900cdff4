import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layoutFlames, mergeStacks, topFunctions } from './stacks.ts';

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

describe('layoutFlames', () => {
  const boxes = (...zoomed: string[]) =>
    layoutFlames(mergeStacks(stacks, 'all'), zoomed)
      .map(({ path, left, width }) => [path.join('/'), left, width] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));

  it('puts callees below their caller, side by side', () => {
    assert.deepEqual(boxes(), [
      ['', 0, 1],
      ['main', 0, 1],
      ['main/handle', 10 / 17, 7 / 17],
      ['main/handle/query', 10 / 17, 5 / 17],
      ['main/idle', 0, 10 / 17],
    ]);
  });

  it('draws the zoomed frame and its callers in the whole width', () => {
    assert.deepEqual(boxes('main', 'handle'), [
      ['', 0, 1],
      ['main', 0, 1],
      ['main/handle', 0, 1],
      ['main/handle/query', 0, 5 / 7],
    ]);
    assert.deepEqual(boxes('main', 'gone'), boxes('main'), 'a frame that new data lacks');
  });

  it('leaves out what is too narrow to see', () => {
    const tree = mergeStacks(
      [
        { frames: ['wide'], value: 10_000 },
        { frames: ['narrow'], value: 1 },
      ],
      'all',
    );
    assert.deepEqual(
      layoutFlames(tree, []).map(({ frame }) => frame.name),
      ['all', 'wide'],
    );
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
