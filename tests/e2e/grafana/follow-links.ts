import type { BrowserContext } from 'playwright-core';
import { type Dashboard, dataLinksOf, type Panel, panelsOf } from '../../../grafana/model/dashboards/read.ts';
import { arrives } from './arrive.ts';
import { findLinks } from './clicks.ts';
import { allLoaded, heightOf, panelTitled } from './look.ts';

/** Whether a click on a data link shows data. */
export type Followed = { panel: string; link: string; addresses: number; arrived: boolean };

/** An endpoint without errors has no failed requests to show, but another one has. */
const MOST_TRIES = 4;

/** Clicks all data links of a dashboard. */
export async function followLinks(context: BrowserContext, url: string, dashboard: Dashboard): Promise<Followed[]> {
  const page = await context.newPage();
  await page.setViewportSize({ width: 1600, height: heightOf(dashboard) });
  await page.goto(`${url}?from=now-15m&to=now`, { waitUntil: 'domcontentloaded' });
  await allLoaded(page);
  const followed: Followed[] = [];
  for (const panel of panelsOf(dashboard)) {
    const links = dataLinksOf(panel);
    if (links.length === 0) continue;
    const shown = panelTitled(page, panel.title, sameTitleBefore(dashboard, panel));
    for (const [link, addresses] of await findLinks(page, shown, links)) {
      const arrived = await anyArrives(context, [...addresses].slice(0, MOST_TRIES));
      followed.push({ panel: panel.title, link: link.title, addresses: addresses.size, arrived });
    }
  }
  return followed;
}

/** How many panels of the same title come first: several rows have the same panels. */
function sameTitleBefore(dashboard: Dashboard, panel: Panel): number {
  return panelsOf(dashboard)
    .filter(({ title }) => title === panel.title)
    .indexOf(panel);
}

async function anyArrives(context: BrowserContext, addresses: string[]): Promise<boolean> {
  for (const address of addresses) if (await arrives(context, address)) return true;
  return false;
}
