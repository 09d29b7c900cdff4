import { afterEach, beforeEach } from 'node:test';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { send } from './api.ts';
import { startBrowserApp } from './browser-app.ts';
import { launchChromium } from './chromium.ts';
import { shared } from './use-started.ts';

/** A page that is opened for one test, with its errors and requests. */
export type Visit = { page: Page; context: BrowserContext; complaints: string[]; asked: string[] };

export async function visit(browser: Browser, url: string, prepare?: (page: Page) => Promise<unknown>): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(60_000);
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

export const useBrowser = shared(launchChromium);
const useApp = shared(startBrowserApp);

/** For a suite: the browser app with everything it needs and, for each test, a page that shows it. */
export class ControlRoom {
  readonly browser = useBrowser();
  readonly app = useApp();
  visited!: Visit;

  /** Call this in `describe`, because it adds hooks. */
  constructor() {
    beforeEach(async () => {
      this.visited = await visit(this.browser, this.app.url);
      await this.page.getByTestId('followed').getByText('List unicorn').waitFor();
    });
    afterEach(async () => {
      await this.visited.context.close();
      await fetch(`${this.app.server.url}/scenarios`, { method: 'DELETE' });
    });
  }

  get page(): Page {
    return this.visited.page;
  }

  api(method: string, path: string, body?: unknown): Promise<Response> {
    return send(method, this.app.server.url + path, body);
  }

  async add(name: string): Promise<void> {
    await this.page.getByRole('textbox', { name: /^Name of the new/ }).fill(name);
    await this.page.getByRole('button', { name: /^Add / }).click();
  }

  spansOf(traceId: string) {
    return this.app.sandbox.rows<SpanOfTrace>(`
      select service, name, span_id as id, parent_span_id as parent, attributes->>'db.system.name' as system
      from spans where trace_id = '${traceId}' order by start_time, duration_ms desc`);
  }
}

type SpanOfTrace = { service: string; name: string; id: string; parent: string | null; system: string | null };
