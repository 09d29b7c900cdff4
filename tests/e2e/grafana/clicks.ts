import type { Locator, Page } from 'playwright-core';
import type { Link } from '../../../grafana/model/dashboards/read.ts';

/** The addresses that each of a panel's data links leads to. */
export type FoundLinks = Map<Link, Set<string>>;

type Point = { x: number; y: number };

/** Where in a graph to look for points, as shares of its width. The newest may be too new, and exemplars cover many. */
const COLUMNS = [0.9, 0.8, 0.95, 0.7, 0.85, 0.6, 0.75, 0.5];
/** As shares of its height. */
const ROWS = Array.from({ length: 24 }, (_, index) => (index + 0.5) / 24);

/** What opens a menu of links: a cell of a table, or the number of a stat panel, a button that fills the panel. */
const MENUS = '[aria-haspopup="menu"]:not(button), button[style*="flex-direction"]';

/**
 * Finds data links as a person does: on what the panel shows, in the menu of a cell or number, or in the tooltip of a point, which has
 * the links of one series.
 */
export async function findLinks(page: Page, panel: Locator, links: Link[]): Promise<FoundLinks> {
  const found: FoundLinks = new Map(links.map((link) => [link, new Set()]));
  const patterns = links.map((link) => [link, patternOf(link)] as const);
  const collect = async (around: Page | Locator) => {
    for (const address of await addressesIn(around)) {
      for (const [link, pattern] of patterns)
        if (pattern.test(decodeURIComponent(address))) found.get(link)!.add(address);
    }
  };
  await collect(panel);
  for (const menu of (await panel.locator(MENUS).all()).slice(0, 3)) {
    await menu.click();
    await collect(page);
    await page.keyboard.press('Escape');
  }
  const graph = panel.locator('.u-over');
  const isComplete = () => [...found.values()].every(({ size }) => size > 0);
  for (const column of (await graph.count()) === 0 ? [] : COLUMNS) {
    if (isComplete()) break;
    for (const { x, y } of await pointsIn(page, graph, column)) {
      await page.mouse.move(x, y);
      await page.mouse.click(x, y);
      await page.waitForTimeout(100);
      await collect(page);
      // Otherwise it stays open, and covers other points.
      await page.keyboard.press('Escape');
      if (isComplete()) break;
    }
  }
  return found;
}

const addressesIn = (around: Page | Locator) =>
  around.locator('a[href]').evaluateAll((anchors: { href: string }[]) => anchors.map(({ href }) => href));

/** Where in this column a series is near enough for Grafana to mark its point; in a state timeline, anywhere. */
async function pointsIn(page: Page, graph: Locator, column: number): Promise<Point[]> {
  const { x, y, width, height } = (await graph.boundingBox())!;
  const places = ROWS.map((row) => ({ x: x + width * column, y: y + height * row }));
  const marked: Point[] = [];
  for (const place of places) {
    await page.mouse.move(place.x, place.y);
    await page.waitForTimeout(30);
    if ((await graph.locator('.u-cursor-pt:not(.u-off)').count()) > 0) marked.push(place);
  }
  return marked.length > 0 ? marked : places.filter((_, index) => index % 5 === 2);
}

/** Matches the decoded addresses that a link may lead to: its variables stand for anything. */
function patternOf({ url }: Link): RegExp {
  const parts = decodeURIComponent(url).split(/\$\{[^}]*\}|\$\w+/);
  return new RegExp(parts.map((part) => RegExp.escape(part)).join('.*'), 's');
}
