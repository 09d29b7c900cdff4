import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { figuresTable, replaceBetweenMarkers } from './figures.ts';
import { markerOf, PAGE, SECTIONS } from './lens/report.ts';
import { COSTS, COSTS_PAGE } from './server.figures.ts';

test('the table has the median and the spread of each figure', () => {
  const table = figuresTable('npm run bench', 3, [{ name: 'ratio', values: [3, 1, 2] }]);
  assert.match(table, /^\| ratio \| 2\.00 \| 1\.00 … 3\.00 \|$/m);
});

test('only the text between the markers is replaced', () => {
  const page = 'before\n<!-- costs -->\n\nold\n\n<!-- /costs -->\nafter';
  assert.equal(replaceBetweenMarkers(page, 'costs', 'new'), page.replace('old', 'new'));
  assert.throws(() => replaceBetweenMarkers(page, 'other', 'new'), /no <!-- other -->/);
});

test('the page of signals has the figures that the bench writes', async () => {
  const page = await readFile(COSTS_PAGE, 'utf8');
  assert.notEqual(replaceBetweenMarkers(page, COSTS, 'new'), page);
  assert.match(page, /\| CPU per request, on \/ off \| \d+\.\d\d \| /);
});

for (const section of SECTIONS) {
  test(`the page of lens has the figures of ${section} that the bench writes`, async () => {
    const page = await readFile(PAGE, 'utf8');
    const without = replaceBetweenMarkers(page, markerOf(section), 'new');
    assert.match(page, /Measured on \d{4}-\d\d-\d\d/);
    assert.equal(without.match(/Measured on/g)?.length, SECTIONS.length - 1);
  });
}
