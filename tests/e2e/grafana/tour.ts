import type { Locator, Page } from 'playwright-core';

/** What a person sees after each click. */
export type Step = 'alert' | 'exemplar' | 'trace' | 'logs';

/** A file and line of the application, as stack traces in logs name it. */
const CODE = /source\/[\w/.-]+\.ts:\d+/;

/**
 * Takes the tour of the home dashboard: alert → graph → trace → logs, by clicking what its text names. An alert about failed
 * requests must be firing.
 *
 * @param seen called at each step, with the page that is then open: some links open another one
 * @returns the file and line that failed
 */
export async function takeTour(
  page: Page,
  grafana: string,
  seen: (step: Step, page: Page) => Promise<void> = async () => {},
): Promise<string> {
  await page.goto(`${grafana}/?theme=light`);
  const alert = page.getByRole('gridcell').getByText('ServerAvailabilityBudgetBurn').first();
  await alert.waitFor().catch((cause) => {
    throw new Error('There is no alert to click: start the scenario error-burst, and wait two minutes.', { cause });
  });
  await alert.click();
  const graph = page.getByRole('link', { name: 'Graph', exact: true });
  await graph.waitFor();
  await seen('alert', page);
  const errors = await pageAfter(page, () => graph.click());

  const dots = errors.getByTestId('data-testid Exemplar marker');
  await dots.first().waitFor();
  const link = errors.getByRole('link', { name: 'Trace of this request' });
  await hoverOverOne(dots);
  await link.waitFor();
  await seen('exemplar', errors);
  const trace = await pageAfter(errors, () => link.click());

  await trace
    .getByText(/^(GET|POST|DELETE) \/:beast/)
    .first()
    .click();
  await trace.getByRole('button', { name: 'Links' }).last().click();
  const logsLink = trace.getByText(/^Logs for this (span|trace)$/);
  await logsLink.waitFor();
  await seen('trace', trace);
  const logs = await pageAfter(trace, () => logsLink.click());

  const line = logs.getByText(CODE).first();
  await line.waitFor();
  await line.scrollIntoViewIfNeeded();
  // Closes the hint of the button.
  await logs.mouse.move(0, 0);
  await seen('logs', logs);
  return CODE.exec(await line.innerText())![0];
}

/** The newest may be too new for Tempo, and others are covered. */
async function hoverOverOne(dots: Locator): Promise<void> {
  const count = await dots.count();
  for (const share of [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]) {
    const dot = dots.nth(Math.floor(count * share));
    const isUnder = await dot.hover({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (isUnder) return;
  }
  throw new Error('Each exemplar is covered by something else.');
}

/** Some links open a new tab. */
async function pageAfter(page: Page, click: () => Promise<void>): Promise<Page> {
  const opened = page.context().waitForEvent('page', { timeout: 2_000 });
  await click();
  return opened.catch(() => page);
}
