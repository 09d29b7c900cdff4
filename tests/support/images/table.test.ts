import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from './table.ts';

test('a table has aligned columns, and empty cells for what is not known', () => {
  const rows = [
    { image: 'a:1', state: 'built', seconds: 12, megabytes: 100, madeOf: 'Debian' },
    { image: 'long/name:1', state: 'not available from packages' },
  ];
  assert.equal(
    table(rows),
    ['a:1          built                        12 s  100 MB  Debian', 'long/name:1  not available from packages'].join(
      '\n',
    ),
  );
});
