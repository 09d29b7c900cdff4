import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Panel, readDashboards } from '../tests/e2e/dashboards/read.ts';
import { drawBars } from './dashboards/draw/draw-numbers.ts';

const page = readFileSync(path.join(import.meta.dirname, 'dashboards.md'), 'utf8');
const pictures = path.join(import.meta.dirname, 'dashboards');

describe('docs/dashboards.md shows every dashboard', () => {
  for (const [name, { title }] of readDashboards()) {
    test(title, () => {
      assert.ok(page.includes(`## ${title}\n`), `a heading for ${title}`);
      assert.ok(page.includes(`![${title}](dashboards/${name}.svg)`), 'its picture');
      const svg = readFileSync(path.join(pictures, `${name}.svg`), 'utf8');
      assert.ok(svg.startsWith('<svg '), 'run npm run dashboards:pictures on a running stack');
      assert.ok(svg.length < 150_000, `${svg.length} bytes are too many`);
      assert.doesNotMatch(svg, /\/(root|home|Users)\//, 'a folder of the machine that drew it');
    });
  }

  test('and no other', () => {
    const drawn = readdirSync(pictures).filter((file) => file.endsWith('.svg'));
    assert.deepEqual(drawn.toSorted(), [...readDashboards().keys()].map((name) => `${name}.svg`).toSorted());
  });
});

test('bars are drawn in the order of the answer, as Grafana does', () => {
  const panel = { fieldConfig: { defaults: { unit: 'short' }, overrides: [] } } as unknown as Panel;
  const series = Object.entries({ few: 1, many: 9, some: 4 }).map(([name, value]) => ({
    name,
    labels: {},
    points: [[0, value]] as [number, number][],
    exemplars: [],
  }));
  const svg = drawBars({ x: 0, y: 0, w: 400, h: 200 }, panel, series);
  assert.deepEqual(svg.match(/few|many|some/g), ['few', 'many', 'some']);
});
