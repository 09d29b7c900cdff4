import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Function as CalledFunction, Line, Location, Profile, Sample, StringTable } from 'pprof-format';
import { foldLibraryFrames, LIBRARY_FRAME } from './library-frames.ts';

/** Folds a profile of these stacks. Frames are `file|function`, stacks are root first. */
function fold(...stacks: string[][]): string[][] {
  const stringTable = new StringTable();
  const frames = [...new Set(stacks.flat())];
  const profile = new Profile({
    stringTable,
    function: frames.map((frame, index) => {
      const [filename = '', name = ''] = frame.split('|');
      return new CalledFunction({
        id: index + 1,
        name: stringTable.dedup(name),
        filename: stringTable.dedup(filename),
      });
    }),
    location: frames.map((_, index) => new Location({ id: index + 1, line: [new Line({ functionId: index + 1 })] })),
    sample: stacks.map(
      (stack) => new Sample({ locationId: stack.map((frame) => frames.indexOf(frame) + 1).reverse(), value: [1] }),
    ),
  });
  const { sample, location, function: functions } = foldLibraryFrames(profile as never);
  return sample.map(({ locationId }) =>
    locationId
      .map((id) => functions[Number(location[Number(id) - 1]!.line[0]!.functionId) - 1]!)
      .map(({ name }) => stringTable.strings[Number(name)]!)
      .reverse(),
  );
}

const NODE = ['node:_http_server|parserOnIncoming', 'node:events|emit'];
const EXPRESS = ['/app/node_modules/express/lib/router.js|next', '/app/node_modules/router/index.js|handle'];

describe('library frames of a profile', () => {
  test('become one frame before the service’s code, and one in the middle of it', () => {
    const stack = [
      ...NODE,
      '/app/source/common/http/app.ts|observe',
      ...EXPRESS,
      '/app/source/server/guard.ts|guard',
      ...EXPRESS,
      '/app/source/server/routes.ts|list',
    ];
    assert.deepEqual(fold(stack), [[LIBRARY_FRAME, 'guard', LIBRARY_FRAME, 'list']]);
  });

  test('stay if the service’s code calls them', () => {
    assert.deepEqual(
      fold([...NODE, '/app/source/server/routes.ts|list', 'node:crypto|pbkdf2Sync', '|(garbage collector)']),
      [[LIBRARY_FRAME, 'list', 'pbkdf2Sync', '(garbage collector)']],
    );
  });

  test('stay if a stack has no code of the service', () => {
    assert.deepEqual(fold([...NODE, ...EXPRESS], ['|(program)']), [
      ['parserOnIncoming', 'emit', 'next', 'handle'],
      ['(program)'],
    ]);
  });
});
