import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { panelsOf, readDashboards } from '../model/dashboards/read.ts';
import { COLOURS } from './colours.ts';

// How panels look, as far as the JSON determines it. Each of these was once wrong in a real Grafana.

/**
 * The room for a title in pixels, on a screen that is 1280 pixels wide with Grafana's menu docked (300, and 16 at each side),
 * beside the info icon and the panel's menu. Panels have 8 pixels between them. Grafana 12.3 leaves 16 more.
 */
const roomFor = (columns: number) => ((1280 - 300 - 2 * 16 + 8) * columns) / 24 - 8 - 90;

/** About as wide as Grafana draws it: Inter, medium, 14 pixels. */
const widthOf = (title: string) =>
  [...title].reduce((sum, letter) => {
    if (/[fijltrI ,.:’()]/.test(letter)) return sum + 4.8;
    if (/[mwMW%]/.test(letter)) return sum + 12.9;
    return sum + (/[A-Z]/.test(letter) ? 10 : 8.2);
  }, 0);

const all = [...readDashboards()].flatMap(([name, dashboard]) =>
  panelsOf(dashboard).map((panel) => ({ where: `${name}: ${panel.title}`, panel })),
);

test('panel titles are not cut off', () => {
  const long = all.filter(({ panel }) => panel.type !== 'row' && widthOf(panel.title) > roomFor(panel.gridPos.w));
  assert.deepEqual(
    long.map(({ where }) => where),
    [],
  );
});

test('panels beside each other fill the width', () => {
  for (const [name, dashboard] of readDashboards()) {
    const panels = panelsOf(dashboard);
    for (const y of new Set(panels.map(({ gridPos }) => gridPos.y))) {
      const beside = panels.filter(({ gridPos }) => gridPos.y <= y && y < gridPos.y + gridPos.h);
      assert.equal(
        beside.reduce((sum, { gridPos }) => sum + gridPos.w, 0),
        24,
        `${name}: ${beside.map(({ title }) => title).join(', ')}`,
      );
    }
  }
});

test('TraceQL quantiles are named by a single label', () => {
  const quantiles = all.filter(({ panel }) =>
    panel.targets?.some(({ query }) => query?.includes('quantile_over_time')),
  );
  assert.ok(quantiles.length > 0);
  for (const { where, panel } of quantiles) assert.equal(panel.transformations?.[0]?.id, 'renameByRegex', where);
});

describe('colours', () => {
  test('no two names of a group share a colour', () => {
    for (const [group, colours] of Object.entries(COLOURS)) {
      // Only one vocabulary of five kinds is used at a time.
      const names = Object.entries(colours).slice(0, ['kinds', 'endpoints'].includes(group) ? 5 : undefined);
      // Only one of the two collectors runs at a time.
      const used = names.filter(([name]) => name !== 'otel-collector').map(([, colour]) => colour);
      assert.deepEqual([...new Set(used)], used, group);
    }
  });

  test('of graphs are never derived from series names, which collide', () => {
    const modes = all.map(({ where, panel }) => [where, panel.fieldConfig?.defaults.color?.mode] as const);
    assert.ok(modes.some(([, mode]) => mode === 'palette-classic'));
    for (const [where, mode] of modes) assert.notEqual(mode, 'palette-classic-by-name', where);
  });

  test('of states come from their mappings: with thresholds, merged states show "< 80"', () => {
    const timelines = all.filter(({ panel }) => panel.type === 'state-timeline');
    assert.ok(timelines.length >= 2);
    for (const { where, panel } of timelines) assert.equal(panel.fieldConfig?.defaults.color?.mode, 'fixed', where);
  });
});

test('heatmap cells are counts, whatever the axis is', () => {
  const heatmaps = all.filter(({ panel }) => panel.type === 'heatmap');
  assert.ok(heatmaps.length >= 2);
  for (const { where, panel } of heatmaps) assert.equal(panel.fieldConfig?.defaults.unit, 'short', where);
});

test('tables have narrow columns where needed, and hide trace IDs', () => {
  for (const { where, panel } of all.filter(({ panel }) => panel.type === 'table')) {
    const { defaults, overrides } = panel.fieldConfig!;
    assert.equal(defaults.custom?.minWidth, 60, where);
    if (!JSON.stringify(panel).includes('traceIdHidden')) continue;
    const hidden = overrides!.find(({ matcher }) => matcher.options === 'traceIdHidden');
    assert.ok(
      hidden?.properties.some(({ id }) => id === 'custom.hideFrom.viz'),
      where,
    );
  }
});
