import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';

/** What Explore or a dashboard shows once there is something to see: a span, a log line, a row, a bar of a flame graph. */
const SOMETHING = [
  '[data-testid="span-view"]',
  '[data-testid="logRows"] tr',
  '[data-testid="data-testid Panel header Table - Spans"] a',
  '[data-testid="topTable"] [role="row"]:nth-child(2)',
].join();

const A_DASHBOARD = 'section[data-testid^="data-testid Panel header"]';

/** Opens an address in Grafana, as a click on a link does, and tells whether it shows data within this time. */
export async function arrives(context: BrowserContext, address: string, deadlineMs = 15_000): Promise<boolean> {
  const page = await context.newPage();
  try {
    await page.goto(address, { waitUntil: 'domcontentloaded' });
    const wanted = page.locator(new URL(address).pathname.includes('/explore') ? SOMETHING : A_DASHBOARD);
    for (const end = Date.now() + deadlineMs; Date.now() < end; await sleep(250)) {
      if ((await wanted.count()) > 0) return true;
    }
    return false;
  } finally {
    await page.close();
  }
}
