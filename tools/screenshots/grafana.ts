import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { exploreTrace } from '../../grafana/layout/links.ts';
import { readDashboards } from '../../grafana/model/dashboards/read.ts';
import { takeTour } from '../../tests/e2e/grafana/tour.ts';
import { launchChromium } from '../../tests/support/chromium.ts';

// The documentation's pictures of Grafana in front of a running stack, while the scenarios error-burst and cpu-burn are on.

const FOLDER = path.join(import.meta.dirname, '../../docs/images');
const DASHBOARDS = ['home', 'overview', 'errors', 'profiles', 'slo'];
type Area = { x: number; y: number; width: number; height: number };

const SIZE = { width: 1280, height: 800 };
const TOUR_SIZE = { width: 1440, height: 800 };
/** Until all panels have drawn their data. */
const DRAWN_MS = 12_000;

export async function takePictures(grafana: string): Promise<void> {
  await using browser = await launchChromium();
  const context = await browser.newContext({ viewport: SIZE, colorScheme: 'light' });
  const page = await context.newPage();
  const dashboards = new Map(readDashboards());
  for (const name of DASHBOARDS) {
    const { uid } = dashboards.get(name) ?? {};
    if (!uid) throw new Error(`there is no dashboard ${name}`);
    await page.goto(`${grafana}/d/${uid}?theme=light&kiosk`);
    await sleep(DRAWN_MS);
    await save(page, `grafana-${name}`);
  }
  const tourist = await browser.newContext({ viewport: TOUR_SIZE, colorScheme: 'light' });
  await takeTour(await tourist.newPage(), grafana, (step, seen) => save(seen, `grafana-tour-${step}`));
  // Its server span, whose details end with a flame graph of this span alone.
  await page.setViewportSize({ ...SIZE, height: 1500 });
  await page.goto(urlOfTrace(grafana, await slowTrace(grafana)));
  await page
    .getByText(/^POST \/:beast/)
    .first()
    .click();
  await page.getByText('Flame graph').last().waitFor();
  await sleep(DRAWN_MS);
  const { x, y } = (await page.getByText('Trace', { exact: true }).first().boundingBox())!;
  await save(page, 'grafana-trace', { x: x - 16, y: y - 16, width: SIZE.width - x, height: 1050 });
}

async function save(page: Page, name: string, clip?: Area): Promise<void> {
  // Menus fade in.
  await sleep(500);
  const file = path.join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file, ...(clip && { clip }) });
  console.log(`${file}: ${Math.round((await stat(file)).size / 1000)} kB`);
}

/** A trace of the last five minutes whose request used much CPU time. */
async function slowTrace(grafana: string): Promise<string> {
  const query = '{ resource.service.name = "mythical-server" && name = "POST /:beast" && duration > 100ms }';
  const now = Math.floor(Date.now() / 1000);
  const parameters = new URLSearchParams({ q: query, limit: '1', start: `${now - 300}`, end: `${now}` });
  const response = await fetch(`${grafana}/api/datasources/proxy/uid/tempo/api/search?${parameters}`);
  if (!response.ok) throw new Error(`Tempo, through Grafana: ${response.status} ${await response.text()}`);
  const { traces } = (await response.json()) as { traces: { traceID: string }[] };
  const [trace] = traces;
  if (!trace)
    throw new Error('No request took more than 100 ms. Start the scenario cpu-burn first, and wait a minute.');
  return trace.traceID.padStart(32, '0');
}

/** The dashboards' own link, over the last hour. */
function urlOfTrace(grafana: string, traceId: string): string {
  const { url } = exploreTrace('', traceId).build();
  return `${grafana}${url!.replace(/\$\{__from\}/, 'now-1h').replace(/\$\{__to\}/, 'now')}&theme=light&kiosk`;
}
