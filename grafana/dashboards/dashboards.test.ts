import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { DASHBOARDS, TAG } from '../layout/uids.ts';
import { readDataSources } from '../model/correlations/data-sources.ts';
import { seriesOf } from '../model/dashboards/ask-pyroscope.ts';
import { addressOf, type Clicked } from '../model/dashboards/follow.ts';
import { unitOf } from '../model/dashboards/overrides.ts';
import {
  type Dashboard,
  dataLinksOf,
  type Panel,
  panelsOf,
  readDashboards,
  type Target,
} from '../model/dashboards/read.ts';

// What can be tested about a dashboard without Grafana and without data.

const dashboards = readDashboards();
const dataSources = readDataSources();
const uids = new Set([...dashboards.values()].map(({ uid }) => uid));

/** Panels that draw numbers. */
const WITH_UNIT = ['timeseries', 'stat', 'bargauge', 'heatmap', 'state-timeline'];
/** Panels that have no query. */
const WITHOUT_QUERY = ['text', 'dashlist'];

const unique = (values: unknown[]) => assert.equal(new Set(values).size, values.length, JSON.stringify(values));

test('each dashboard has a unique uid, listed in uids.ts', () => {
  assert.deepEqual(
    [...dashboards].map(([name, { uid, title }]) => [name, uid, title]).toSorted(),
    Object.entries(DASHBOARDS)
      .map(([name, { uid, title }]) => [name, uid, title])
      .toSorted(),
  );
  unique([...uids]);
});

test('tables of spans ask Tempo for the newest: without the hint, it returns the first that it finds', () => {
  const targets = [...dashboards.values()].flatMap((dashboard) =>
    panelsOf(dashboard).flatMap((it) => it.targets ?? []),
  );
  const searches = targets.filter(({ datasource, tableType }) => datasource.uid === 'tempo' && tableType === 'spans');
  assert.ok(searches.length > 5, String(searches.length));
  for (const { query } of searches) assert.match(query!, / with \(most_recent=true\)$/);
});

test('Grafana opens with the first dashboard', () => {
  const ini = readFileSync(path.join(import.meta.dirname, '../grafana.ini'), 'utf8');
  const home = /^default_home_dashboard_path = (.*)$/m.exec(ini)?.[1];
  assert.equal(home, '/etc/grafana/dashboards/home.json');
  const compose = readFileSync(path.join(import.meta.dirname, '../../docker-compose.yml'), 'utf8');
  assert.ok(compose.includes('./grafana/dashboards/json:/etc/grafana/dashboards:ro'));
});

describe('profiles over time', () => {
  test('Grafana turns CPU time into a rate, and memory only if it knows the type', () => {
    const [cpu, heap] = ['wall:cpu:nanoseconds:wall:nanoseconds', 'memory:inuse_space:bytes:inuse_space:bytes'];
    assert.deepEqual(seriesOf(cpu, 15), { unit: 'ns', factor: 1 / 15 });
    assert.deepEqual(seriesOf(heap, 15), { unit: 'binBps', factor: 1 / 15 });
    assert.deepEqual(seriesOf('process_cpu:cpu:nanoseconds:cpu:nanoseconds', 10), { unit: 'cores', factor: 0.1 / 1e9 });
    assert.deepEqual(seriesOf('memory:inuse_space:bytes:space:bytes', 15), { unit: 'bytes', factor: 1 });
    assert.deepEqual(seriesOf('block:contentions:count:contentions:count', 15), { unit: 'short', factor: 1 });
  });

  const drawn = [...dashboards.values()]
    .flatMap(panelsOf)
    .flatMap((panel) =>
      (panel.targets ?? [])
        .filter(({ datasource, queryType }) => datasource.uid === 'pyroscope' && queryType === 'metrics')
        .map(({ profileTypeId }) => ({ panel, profileTypeId: profileTypeId! })),
    );
  for (const { panel, profileTypeId } of drawn) {
    test(`${panel.title}: the unit matches the values, and the title says if they are a rate`, () => {
      const { unit, factor } = seriesOf(profileTypeId, 15);
      assert.equal(unitOf(panel, { name: 'a series', unit }), panel.fieldConfig?.defaults.unit);
      assert.equal(/ per second\b/.test(panel.title), factor !== 1);
    });
  }

  test('no link asks for the rate of memory in use', () => {
    const links = [...dashboards.values()].flatMap(panelsOf).flatMap(dataLinksOf);
    const asked = links.filter(({ url }) => url.includes('profileTypeId')).flatMap(({ url }) => queriesOf(url));
    assert.ok(asked.length > 3);
    for (const { profileTypeId, queryType } of asked)
      assert.ok(queryType === 'profile' || seriesOf(profileTypeId!, 15).unit !== 'binBps', profileTypeId);
  });
});

/** The query in an Explore URL; its variables are left as they are. */
function queriesOf(url: string): Target[] {
  const panes = new URL(url.replace(/\$\{[^}]*\}/g, 'x'), 'http://grafana').searchParams.get('panes')!;
  return Object.values(JSON.parse(panes) as Record<string, { queries: Target[] }>).flatMap(({ queries }) => queries);
}

for (const [name, dashboard] of dashboards) {
  describe(name, () => {
    const panels = panelsOf(dashboard);

    test('is in the schema that Grafana reads from files', () => {
      assert.equal(dashboard.schemaVersion, 42);
      assert.ok(dashboard.description);
      assert.deepEqual(dashboard.tags, [TAG]);
    });

    test('its panels have unique ids and titles, and do not overlap', () => {
      unique(dashboard.panels.map(({ id }) => id));
      const taken = new Set<string>();
      for (const { title, gridPos } of dashboard.panels) {
        assert.ok(gridPos.x + gridPos.w <= 24, title);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            assert.ok(!taken.has(`${x},${y}`), `${title} overlaps another panel`);
            taken.add(`${x},${y}`);
          }
        }
      }
    });

    test('its queries have unique names and an existing data source', () => {
      for (const { title, type, targets = [] } of panels) {
        unique(targets.map(({ refId }) => refId));
        assert.equal(targets.length === 0, WITHOUT_QUERY.includes(type), title);
        for (const { datasource, refId } of targets) {
          assert.match(refId, /^[A-Z]$/);
          assert.equal(dataSources.get(datasource.uid)?.type, datasource.type, title);
        }
      }
      for (const { datasource } of [...dashboard.templating.list, ...dashboard.annotations.list]) {
        if (datasource) assert.equal(dataSources.get(datasource.uid)?.type, datasource.type);
      }
    });

    test('its panels have descriptions and units', () => {
      for (const { title, type, description, fieldConfig } of panels) {
        assert.ok(title);
        assert.ok((description ?? '').length >= 20, `${title} needs a description`);
        if (WITH_UNIT.includes(type)) assert.ok(fieldConfig?.defaults.unit, `${title} needs a unit`);
      }
    });

    // sort() orders instant results. Range results are ordered by labels, and a series that has ended keeps its last value.
    test('only instant queries are sorted, and bars show the current value', () => {
      for (const { title, type, targets = [] } of panels) {
        for (const { expr = '', instant = false, queryType } of targets) {
          const now = instant || queryType === 'instant';
          const ordered = /\b(sort\w*|topk|bottomk)\s*\(/.test(expr);
          assert.ok(now || !(ordered || type === 'bargauge'), `${title}: ${expr}`);
        }
      }
    });

    test('its tables have units', () => {
      for (const { title, fieldConfig, transformations = [] } of panels.filter(({ type }) => type === 'table')) {
        const renamed = transformations.find(({ id }) => id === 'organize')?.options.renameByName as Record<
          string,
          string
        >;
        for (const [from, to] of Object.entries(renamed)) {
          if (!from.startsWith('Value')) continue;
          const properties = fieldConfig?.overrides.find(({ matcher }) => matcher.options === to)?.properties ?? [];
          assert.ok(
            properties.some(({ id }) => id === 'unit'),
            `${title}: ${to} needs a unit`,
          );
        }
      }
    });

    test('its links lead to existing dashboards and use variables that these have', () => {
      for (const { type, url, tags } of dashboard.links) {
        if (type === 'dashboards') assert.deepEqual(tags, [TAG]);
        else assert.ok(uids.has(url!.replace(/^\/d\//, '')), url);
      }
      for (const [, uid, query = ''] of JSON.stringify(panels).matchAll(/\/d\/([\w-]+)(\?[^"\\)]*)?/g)) {
        const target = [...dashboards.values()].find((one) => one.uid === uid);
        assert.ok(target, `/d/${uid}`);
        for (const [, variable] of query.matchAll(/[?&]var-(\w+)=/g)) {
          assert.ok(
            target.templating.list.some(({ name }) => name === variable),
            `${uid} has no variable ${variable}`,
          );
        }
      }
    });

    test('its links are valid URLs, whatever is filled in', () => {
      for (const panel of panels) {
        for (const link of dataLinksOf(panel)) {
          const address = addressOf(link, clickedOn(panel, link), valuesOf(dashboard), { from: 1, to: 2 });
          assert.ok(address, link.url);
          const { pathname, searchParams } = new URL(address, 'http://grafana');
          if (pathname === '/explore') assert.ok(JSON.parse(searchParams.get('panes')!));
        }
      }
    });

    test('its queries and links use all of its variables, and no others', () => {
      const known = new Set(dashboard.templating.list.map(({ name }) => name));
      const text = JSON.stringify([
        panels.map(({ targets, title, fieldConfig }) => [targets, title, fieldConfig]),
        dashboard.templating,
      ]);
      const used = [...text.matchAll(/\$(?:\{(\w+)|([a-zA-Z]\w*))/g)].map(([, braced, plain]) => (braced ?? plain)!);
      for (const variable of used) if (!variable.startsWith('__')) assert.ok(known.has(variable), variable);
      for (const variable of known) assert.ok(used.includes(variable), `${variable} is not used`);
    });
  });
}

/** A row or series that has every label and column that the link asks for. */
function clickedOn(panel: Panel, { url }: { url: string }): Clicked {
  const labels = [...url.matchAll(/__field\.labels\.(\w+)/g)].map(([, label]) => [label, 'x&#? %']);
  if (panel.type !== 'table') return { name: 'x&#? %', labels: Object.fromEntries(labels) };
  const columns = [...url.matchAll(/__data\.fields\["([^"]*)"\]/g)].map(([, column]) => [column, 'x']);
  return { columns: Object.fromEntries(columns) };
}

const valuesOf = ({ templating }: Dashboard) =>
  Object.fromEntries(templating.list.map(({ name, current }) => [name, current.value]));
