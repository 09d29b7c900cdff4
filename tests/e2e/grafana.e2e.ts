import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { dataLinksOf, panelsOf, readDashboards } from '../../grafana/model/dashboards/read.ts';
import { postJson } from '../../grafana/model/http.ts';
import { launchChromium } from '../support/chromium.ts';
import { found } from '../support/until.ts';
import { mayLeadToNothing } from './dashboards/may-be-empty.ts';
import { visit } from './dashboards/visit.ts';
import { faultsOf } from './grafana/faults.ts';
import { followLinks } from './grafana/follow-links.ts';
import { heightOf, lookAt } from './grafana/look.ts';
import { takeTour } from './grafana/tour.ts';
import { ADDRESSES, needs } from './stack/addresses.ts';
import { firing } from './stack/alertmanager.ts';

// npm run test:grafana: what a person sees of each dashboard in a running Grafana, at two widths and in both themes; the tour on
// the home dashboard, click by click; and each data link.

const GRAFANA = process.env.GRAFANA_URL ?? 'http://localhost:3000';

const health = await fetch(`${GRAFANA}/api/health`).then(
  (response) => response.json() as Promise<{ database?: string; version?: string }>,
  () => ({}) as { database?: string; version?: string },
);
if (health.database !== 'ok') {
  console.error(
    `not run: no Grafana answers at ${GRAFANA}. Start it (docker compose up -d --wait), or set GRAFANA_URL.`,
  );
  process.exit(1);
}
console.log(`Grafana ${health.version} at ${GRAFANA}`);

const LOOKS = [
  { width: 1280, theme: 'light' },
  { width: 1600, theme: 'dark' },
  { width: 1280, theme: 'dark' },
  { width: 1600, theme: 'light' },
] as const;

let browser: Browser;
const links = new Map<string, string>();
before(async () => {
  // Without a visitor, the frontend's dashboard has no data.
  await visit();
  browser = await launchChromium();
});
after(() => browser?.close());

// First, because the scenario also gives data to the panels about failures, notifications and scenarios.
describe('while requests fail, and an alert is firing', () => {
  const scenarios = `${ADDRESSES.server}/scenarios`;
  before(async () => {
    await postJson(scenarios, { name: 'error-burst', seconds: 1_200 });
    const isFiring = async () =>
      (await firing()).some(({ labels }) => labels.alertname === 'ServerAvailabilityBudgetBurn');
    await found('the alert about failed requests', isFiring, 240_000);
  });
  after(() => fetch(scenarios, { method: 'DELETE' }));

  test('the tour on the home dashboard leads from the alert to file and line in less than a minute', async (t) => {
    await using context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const start = performance.now();
    const code = await takeTour(await context.newPage(), GRAFANA);
    const seconds = (performance.now() - start) / 1000;
    t.diagnostic(`${code}, after ${seconds.toFixed(1)} s`);
    assert.match(code, /^source\/server\//);
    assert.ok(seconds < 60, `${seconds} s`);
  });

  for (const [name, dashboard] of readDashboards()) {
    if (panelsOf(dashboard).every((panel) => dataLinksOf(panel).length === 0)) continue;
    test(`each data link leads to data: ${dashboard.title}`, needs(name), async (t) => {
      await using context = await browser.newContext();
      const followed = await followLinks(context, `${GRAFANA}/d/${dashboard.uid}`, dashboard);
      t.diagnostic(`${followed.length} links`);
      const dead = followed.filter(({ link, arrived }) => !arrived && !mayLeadToNothing(name, link));
      assert.deepEqual(dead, []);
    });
  }
});

for (const { width, theme } of LOOKS) {
  describe(`${width} pixels, ${theme}`, () => {
    for (const [name, dashboard] of readDashboards()) {
      // Some dashboards are named after the component that they need.
      test(dashboard.title, needs(name), async (t) => {
        await using context = await browser.newContext({ colorScheme: theme });
        const page = await context.newPage();
        const view = await lookAt(page, `${GRAFANA}/d/${dashboard.uid}`, { width, theme, height: heightOf(dashboard) });
        for (const link of view.links) links.set(link, dashboard.title);
        t.diagnostic(`${view.panels.length} panels, ${view.links.length} links`);
        assert.deepEqual(faultsOf(view, panelsOf(dashboard), name), []);
      });
    }
  });
}

test('no link is dead', async (t) => {
  const dead: string[] = [];
  for (const [link, where] of links) {
    const uid = /\/d\/([^/?#]+)/.exec(link)?.[1];
    const url = uid !== undefined && link.startsWith(GRAFANA) ? `${GRAFANA}/api/dashboards/uid/${uid}` : link;
    const status = await fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.status,
      (error) => String(error.cause ?? error),
    );
    if (status !== 200) dead.push(`${where}: ${link}: ${status}`);
  }
  t.diagnostic(`${links.size} links`);
  assert.deepEqual(dead, []);
});
