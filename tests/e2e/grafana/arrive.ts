import { type BrowserContext, errors } from 'playwright-core';

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
    const shown = wanted.first().waitFor({ state: 'attached', timeout: deadlineMs });
    return await shown.then(
      () => true,
      (error) => {
        if (error instanceof errors.TimeoutError) return false;
        throw error;
      },
    );
  } finally {
    await page.close();
  }
}
