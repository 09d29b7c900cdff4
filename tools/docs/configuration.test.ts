import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { configurationPage, PAGE } from './configuration.ts';

test('docs/configuration.md is up to date', async () => {
  assert.equal(await readFile(PAGE, 'utf8'), configurationPage(), 'run npm run docs');
});
