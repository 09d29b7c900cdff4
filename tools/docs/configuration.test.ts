import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { README, upToDateReadme } from './configuration.ts';

test('the README describes every environment variable as the code reads it', async () => {
  assert.equal(await readFile(README, 'utf8'), await upToDateReadme(), 'run npm run docs');
});
