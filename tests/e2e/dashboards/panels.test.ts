import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDataSources } from '../../../grafana/model/correlations/data-sources.ts';
import { type Dashboard, dataLinksOf, panelsOf, readDashboards } from '../../../grafana/model/dashboards/read.ts';
import { LINKS_MAY_LEAD_TO_NOTHING, MAY_BE_EMPTY } from './may-be-empty.ts';
import { ONLY_WITH_ALLOY } from './only-with-alloy.ts';

// Assumptions of dashboards.e2e.ts that can be tested without a stack.

const dashboards = readDashboards();

describe('all dashboards', () => {
  test('the data sources are those that Grafana is provisioned with', () => {
    const provisioned = readDataSources();
    for (const dashboard of dashboards.values()) {
      for (const { title, targets = [] } of panelsOf(dashboard)) {
        for (const { datasource } of targets)
          assert.equal(provisioned.get(datasource.uid)?.type, datasource.type, title);
      }
    }
  });

  test('few panels may be empty, and those exist', () => {
    const panels = [...dashboards].flatMap(([name, dashboard]) =>
      panelsOf(dashboard).map(({ title }) => `${name}: ${title}`),
    );
    for (const { dashboard, panel } of [...MAY_BE_EMPTY, ...ONLY_WITH_ALLOY])
      assert.ok(panels.includes(`${dashboard}: ${panel}`), panel);
    for (const { dashboard, panel, link } of ONLY_WITH_ALLOY) {
      const titles = panelsOf(dashboards.get(dashboard) as Dashboard)
        .filter(({ title }) => title === panel)
        .flatMap((one) => dataLinksOf(one).map(({ title }) => title));
      assert.ok(link === undefined || titles.includes(link), link);
    }
    assert.ok(MAY_BE_EMPTY.length <= panels.length * 0.05);
    for (const { dashboard, link } of LINKS_MAY_LEAD_TO_NOTHING) {
      const links = panelsOf(dashboards.get(dashboard) as Dashboard).flatMap(dataLinksOf);
      assert.ok(
        links.some(({ title }) => title === link),
        link,
      );
    }
  });
});
