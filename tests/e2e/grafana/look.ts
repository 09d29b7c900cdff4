import type { Locator, Page } from 'playwright-core';
import { type Dashboard, panelsOf } from '../../../grafana/model/dashboards/read.ts';

/** What can be seen of a panel. */
export type PanelView = {
  title: string;
  text: string;
  /** Grafana reports an error, from the query or from drawing the panel. */
  failed: boolean;
  isLoading: boolean;
  isEmpty: boolean;
  titleIsCut: boolean;
  /** Columns are out of sight, or the title of one is cut. */
  columnsAreCut: boolean;
  /** Some names in the legend can be seen only by scrolling. */
  legendIsCut: boolean;
  /** The colour of each name in the legend, as CSS. */
  colours: { name: string; colour: string }[];
};

export type DashboardView = { panels: PanelView[]; links: string[]; consoleErrors: string[] };

export type Look = {
  width: number;
  height: number;
  theme: 'dark' | 'light';
  /** How long to wait for the panels. */
  deadlineMs?: number;
};

const LOADING = '[aria-label="Panel loading bar"]';
const PANEL = 'section[data-testid^="data-testid Panel header"]';

/** A unit of a panel's height in pixels, with the gap. */
const ROW = 38;
/** Above the panels. */
const HEADER = 400;

/** A viewport of this height shows a whole dashboard. */
export const heightOf = (dashboard: Dashboard): number =>
  ROW * Math.max(...panelsOf(dashboard).map(({ gridPos: { y, h } }) => y + h)) + HEADER;

/** @param index among the panels with this title */
export const panelTitled = (page: Page, title: string, index: number): Locator =>
  page.locator(`section[data-testid="data-testid Panel header ${title}"]`).nth(index);

/** A viewer without an account gets 401 for some of Grafana's own requests. */
const UNIMPORTANT = /status of 40[13]|Request was aborted/;

/** Opens a dashboard in a viewport that shows all of it, because Grafana draws only visible panels. */
export async function lookAt(
  page: Page,
  url: string,
  { width, height, theme, deadlineMs }: Look,
): Promise<DashboardView> {
  const consoleErrors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !UNIMPORTANT.test(message.text())) consoleErrors.push(message.text());
  });
  await page.setViewportSize({ width, height });
  await page.goto(`${url}?from=now-15m&to=now&theme=${theme}`, { waitUntil: 'domcontentloaded' });
  await allLoaded(page, deadlineMs);
  return { ...(await page.evaluate<Omit<DashboardView, 'consoleErrors'>>(VIEWS_IN_PAGE)), consoleErrors };
}

/** Waits until no panel has had a loading bar for a second, or until the deadline. */
export async function allLoaded(page: Page, deadlineMs = 30_000): Promise<void> {
  await page.locator(PANEL).first().waitFor();
  const deadline = Date.now() + deadlineMs;
  for (let quiet = 0; quiet < 4 && Date.now() < deadline; ) {
    const loading = await page.locator(LOADING).count();
    quiet = loading === 0 ? quiet + 1 : 0;
    await page.waitForTimeout(250);
  }
}

/** Runs in the browser, whose types tests don't have. */
const VIEWS_IN_PAGE = `(() => {
  const isCut = (element) => element !== null && element.scrollWidth > element.clientWidth + 1;
  const isScrolled = (element) => element.scrollHeight > element.clientHeight + 2 && /auto|scroll/.test(getComputedStyle(element).overflowY);
  const legendIsCut = (panel) => {
    const icon = panel.querySelector('[data-testid="series-icon"]');
    for (let around = icon?.parentElement; around && around !== panel; around = around.parentElement)
      if (isScrolled(around)) return true;
    return false;
  };
  const linksIn = (element) => [...element.querySelectorAll('a[href]')].map(({ href }) => href);
  // Up to Grafana 12.3 it has only a header; later, also a text.
  const isEmptyTable = (panel) =>
    panel.querySelector('[role="grid"]') !== null && panel.querySelector('[role="gridcell"]') === null;
  // A legend is a list or, with values, a table. Since Grafana 13, the icon is in a separate cell.
  const nameBeside = (icon) => (icon.closest('tr') ?? icon.parentElement).querySelector('button').innerText.trim();
  const panels = [...document.querySelectorAll('${PANEL}')];
  return {
    links: linksIn(document.querySelector('main') ?? document),
    panels: panels.map((panel) => ({
      title: panel.querySelector('h2')?.title ?? '',
      text: panel.innerText,
      failed:
        panel.querySelector('[data-testid="data-testid Panel status error"]') !== null ||
        panel.innerText.includes('An unexpected error happened'),
      isLoading: panel.querySelector('${LOADING}') !== null,
      isEmpty: /^No data( found in response)?$/m.test(panel.innerText) || isEmptyTable(panel),
      titleIsCut: isCut(panel.querySelector('h2')),
      columnsAreCut:
        isCut(panel.querySelector('[role="grid"]')) || [...panel.querySelectorAll('[role="columnheader"] *')].some(isCut),
      legendIsCut: legendIsCut(panel),
      colours: [...panel.querySelectorAll('[data-testid="series-icon"]')].map((icon) => ({
        name: nameBeside(icon),
        colour: icon.style.background,
      })),
    })),
  };
})()`;
