import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';

/** What Explore shows once there is data: a graph, a span, log lines, a row of spans. */
const SOMETHING = [
  '.u-over',
  '[data-testid="span-view"]',
  '[data-testid="logRows"] > *',
  '[data-testid="data-testid Panel header Table - Spans"] a',
].join();
/** Above a flame graph, which is also there without data: `5.80 s | 5.80 Bil samples (Time)`. */
const SAMPLES = /\| (?!0 )\S.* samples/;

const A_DASHBOARD = 'section[data-testid^="data-testid Panel header"]';

/** Opens an address in Grafana, as a click on a link does, and tells whether it shows data within this time. */
export async function arrives(context: BrowserContext, address: string, deadlineMs = 15_000): Promise<boolean> {
  const page = await context.newPage();
  try {
    await page.goto(address, { waitUntil: 'domcontentloaded' });
    const wanted = new URL(address).pathname.includes('/explore')
      ? page.locator(SOMETHING).or(page.getByText(SAMPLES))
      : page.locator(A_DASHBOARD);
    for (const end = Date.now() + deadlineMs; Date.now() < end; await sleep(250)) {
      if ((await wanted.count()) > 0) return true;
    }
    return false;
  } finally {
    await page.close();
  }
}
