import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { apiAt } from '../../tests/support/api.ts';
import { startBrowserApp } from '../../tests/support/browser-app.ts';
import { launchChromium, missingChromium } from '../../tests/support/chromium.ts';

// The documentation's pictures of the control room, of an application that this starts.

const FOLDER = join(import.meta.dirname, '../../docs/images');
const NAMES = ['Amalthea', 'Bellerophon', 'Celestia', 'Dulcinea', 'Elrohir', 'Fenris', 'Galadhon'];

const missing = missingChromium();
if (missing) throw new Error(missing);
await using app = await startBrowserApp();
await using browser = await launchChromium();
await mkdir(FOLDER, { recursive: true });

const { call } = apiAt(app.server);
for (const name of NAMES) await call('POST', '/unicorn', { name });

for (const [name, colorScheme, width, height] of [
  ['light', 'light', 1280, 720],
  ['dark', 'dark', 1280, 720],
  ['narrow', 'light', 360, 740],
] as const) {
  await call('DELETE', '/unicorn', { name: 'Hesperia' });
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(app.url);
  await page.getByTestId('beasts').getByText('Amalthea').waitFor();
  await tell(page);
  const path = join(FOLDER, `control-room-${name}.png`);
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement.blur(); scrollTo(0, 0)');
  await page.screenshot({ path });
  await page.close();
  await call('DELETE', '/scenarios');
  console.log(`${path}: ${Math.round((await stat(path)).size / 1000)} kB`);
}

/** Adds beasts, makes a request fail, and starts a scenario. */
async function tell(page: Page): Promise<void> {
  const done = (label: string) => page.getByTestId('followed').getByText(label).first().waitFor();
  const add = async (name: string) => {
    await page.getByRole('textbox').fill(name);
    await page.getByRole('button', { name: 'Add unicorn' }).click();
    await done(`Add unicorn ${name}`);
  };
  await add('Hesperia');
  for (const kind of ['owlbear', 'illithid', 'unicorn']) {
    await page.getByRole('radio', { name: kind }).check({ force: true });
    await done(`List ${kind}`);
  }
  await page.getByRole('switch', { name: 'slow-database' }).click();
  await done('Start slow-database');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await add('Amalthea');
}
