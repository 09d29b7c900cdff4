import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SCENARIO_NAMES } from '@mythical/common/scenarios';
import { RUNBOOKS } from '../../grafana/layout/runbooks.ts';
import { DASHBOARDS } from '../../grafana/layout/uids.ts';
import { readDataSources } from '../../grafana/model/correlations/data-sources.ts';
import { linksOfEverySpan, linksOfSomeSpans, MENU } from '../../grafana/model/correlations/span-buttons.ts';
import { ALERTS_OF_SCENARIOS } from '../e2e/alerts/alerts-of-scenarios.ts';
import { alertNames, alerts, dashboards } from '../support/all-rules.ts';
import { read } from '../support/project.ts';

describe('docs/runbooks.md', () => {
  test('has a section for each alert, and no others', () => {
    assert.deepEqual(RUNBOOKS.map(({ title }) => title).toSorted(), alertNames.toSorted());
  });

  test('each section describes how to make the alert fire', () => {
    for (const { title, text } of RUNBOOKS) assert.match(text, /^Make it fire:/m, title);
  });

  test('its table has each scenario, with the alert that the e2e test waits for', () => {
    const rows = [...read('docs/runbooks.md').matchAll(/^\| `([\w-]+)` \| `(\w+)`, (page|ticket) \|/gm)];
    assert.deepEqual(
      Object.fromEntries(rows.map(([, scenario, alert, severity]) => [scenario, { alert, severity }])),
      Object.fromEntries(
        Object.entries(ALERTS_OF_SCENARIOS).map(([name, { alert, severity }]) => [name, { alert, severity }]),
      ),
    );
    assert.deepEqual(Object.keys(ALERTS_OF_SCENARIOS).toSorted(), [...SCENARIO_NAMES].toSorted());
  });

  test('names existing dashboards', () => {
    const titles = Object.values(DASHBOARDS).map(({ title }) => title as string);
    const panels = dashboards.flatMap(({ panels }) => panels.map(({ title }) => title));
    const dataSources = readDataSources();
    const tempo = dataSources.get('tempo')!;
    const ofDots = dataSources.get('mimir')!.jsonData.exemplarTraceIdDestinations!.map((one) => one.urlDisplayLabel!);
    const buttons = [
      MENU,
      ...linksOfEverySpan(tempo),
      ...linksOfSomeSpans(tempo),
      ...ofDots,
      'Flame graph',
      'Patterns',
      'See source',
    ];
    for (const [, name] of read('docs/runbooks.md').matchAll(/(?<!\*)\*([A-Z][^*\n]*)\*(?!\*)/g)) {
      assert.ok([...titles, ...panels, ...buttons].includes(name!), name);
    }
  });

  test('each scenario raises an existing alert', () => {
    for (const { alert, severity } of Object.values(ALERTS_OF_SCENARIOS)) {
      assert.ok(alerts.some((one) => one.alert === alert && one.labels.severity === severity));
    }
  });
});
