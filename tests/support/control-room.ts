import { after, afterEach, before, beforeEach } from 'node:test';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { type BrowserApp, startBrowserApp } from './browser-app.ts';
import { launchChromium } from './chromium.ts';

// The browser app in a real browser, on the real server and Postgres, watched by lens.

/** A page that is opened for one test, and all that it complains about or asks for. */
export type Visit = { page: Page; context: BrowserContext; complaints: string[]; asked: string[] };

export async function visit(browser: Browser, url: string, prepare?: (page: Page) => Promise<unknown>): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await prepare?.(page);
  await page.goto(url);
  return { page, context, complaints, asked };
}

export const row = (page: Page, name: string): Locator => page.getByTestId('beasts').getByText(name, { exact: true });
export const firstTraceId = async (within: Locator): Promise<string> =>
  (await within.getByTestId('trace-id').first().textContent())!;

export const addTo = async (page: Page, name: string) => {
  await page.getByRole('textbox', { name: /^Name of the new/ }).fill(name);
  await page.getByRole('button', { name: /^Add / }).click();
};

type SpanOfTrace = { service: string; name: string; id: string; parent: string | null; system: string | null };
export const spansOf = ({ sandbox }: BrowserApp, traceId: string) =>
  sandbox.rows<SpanOfTrace>(`
    select service, name, span_id as id, parent_span_id as parent, attributes->>'db.system.name' as system
    from spans where trace_id = '${traceId}' order by start_time`);

/** What the tests of a suite see; each has a visit of the page to itself. */
export type ControlRoom = { app: BrowserApp; browser: Browser; visited: Visit; page: Page };

/** Starts the app and a browser for the suite, and opens the page for each test. */
export function useControlRoom(): ControlRoom {
  const room = {} as ControlRoom;

  before(async () => {
    [room.app, room.browser] = await Promise.all([startBrowserApp(), launchChromium()]);
  });
  after(async () => {
    await room.browser?.close();
    await room.app?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    room.visited = await visit(room.browser, room.app.url);
    room.page = room.visited.page;
    await room.page.getByTestId('followed').getByText('List unicorn').waitFor();
  });
  afterEach(async () => {
    await room.visited.context.close();
    await fetch(`${room.app.server.url}/scenarios`, { method: 'DELETE' });
  });
  return room;
}
