import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { apiAt } from '../support/api.ts';
import type { BrowserApp } from '../support/browser-app.ts';
import { missingChromium } from '../support/chromium.ts';
import { addTo, firstTraceId, row, useControlRoom, type Visit, visit } from '../support/control-room.ts';
import { until } from '../support/until.ts';

describe('the browser app', { skip: missingChromium() }, () => {
  const room = useControlRoom();
  let app: BrowserApp;
  let browser: Browser;
  let page: Page;
  let visited: Visit;
  beforeEach(() => {
    ({ app, browser, page, visited } = room);
  });
  const { call: api } = apiAt(() => app.server.url);

  test('browses by kind and page by page, adds and deletes, and all of it is so for others too', async () => {
    for (let index = 10; index < 25; index++) await api('POST', '/manticore', { name: `M${index}` });
    await page.getByRole('radio', { name: 'manticore' }).check({ force: true });
    await row(page, 'M21').waitFor();
    assert.equal(await row(page, 'M22').count(), 0);
    await page.getByRole('button', { name: 'Show more' }).click();
    await row(page, 'M24').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);

    await page.getByRole('button', { name: 'Delete M23' }).click();
    await row(page, 'M23').waitFor({ state: 'detached' });
    await page.getByTestId('followed').getByText('Delete manticore M23').waitFor();
    const names = ((await (await api('GET', '/manticore')).json()) as { name: string }[]).map(({ name }) => name);
    assert.equal(names.length, 14);
    assert.ok(!names.includes('M23'));

    await api('POST', '/manticore', { name: 'A-new-one' });
    await page.getByRole('button', { name: 'Refresh' }).click();
    await row(page, 'A-new-one').waitFor();
  });

  test('takes back what the server refuses, and says why, with the trace', async () => {
    await addTo(page, 'Twin');
    await page.getByTestId('followed').getByText('Add unicorn Twin').waitFor();
    await addTo(page, 'Twin');
    const notice = page.getByTestId('notice');
    await notice.getByText('Twin was not added').waitFor();
    await notice.getByText('409 Conflict: there is a unicorn of this name already').waitFor();
    assert.equal(await row(page, 'Twin').count(), 1);
    const traceId = await firstTraceId(notice);
    assert.equal(
      await notice.getByRole('link', { name: /^Trace/ }).getAttribute('href'),
      `${app.sandbox.lens.url}/#/trace/${traceId}`,
    );
    const root = await until(async () => {
      const rows = await app.sandbox.rows<{ status: string; status_message: string }>(
        `select status, status_message from spans where trace_id = '${traceId}' and parent_span_id is null`,
      );
      return rows[0];
    });
    assert.deepEqual(root, { status: 'error', status_message: 'there is a unicorn of this name already' });
    await notice.getByRole('button', { name: 'Dismiss: Twin was not added' }).click();
    await notice.waitFor({ state: 'detached' });
    assert.match((await page.getByTestId('traffic').textContent()) ?? '', /Errors1/);
  });

  test('offline, it says so and takes back; online again, it goes on by itself', async () => {
    await visited.context.setOffline(true);
    await addTo(page, 'Nowhere');
    const notice = page.getByTestId('notice');
    await notice.getByText('Nowhere was not added').waitFor();
    await notice.getByText('this browser is offline').waitFor();
    await page.getByText('API unreachable, retrying').waitFor();
    await row(page, 'Nowhere').waitFor({ state: 'detached' });
    await visited.context.setOffline(false);
    await page.getByText('API connected').waitFor();
    await notice.getByRole('button', { name: 'Try again: Nowhere was not added' }).click();
    await page.getByTestId('followed').locator('li', { hasText: 'Add unicorn Nowhere' }).getByText('201').waitFor();
    await row(page, 'Nowhere').waitFor();
  });

  test('without an API it says which one it misses, and begins when that is there', async () => {
    const isApi = (url: URL) => url.origin === app.server.url;
    const waiting = await visit(browser, app.url, (other) => other.route(isApi, (route) => route.abort()));
    await waiting.page.getByRole('heading', { name: 'The API is not responding' }).waitFor();
    await waiting.page.getByText(app.server.url).waitFor();
    await waiting.page.unroute(isApi);
    await waiting.page.getByRole('button', { name: 'Add unicorn' }).waitFor();
    await waiting.context.close();
  });

  test('scenarios are switched on with a countdown, and off, and it notices when others do so', async () => {
    type Scenario = { name: string; active: boolean; until: string };
    const active = async () =>
      ((await (await api('GET', '/scenarios')).json()) as Scenario[]).filter((scenario) => scenario.active);
    const scenarios = page.getByTestId('scenarios');
    assert.equal(await scenarios.getByRole('switch').count(), 6);

    await page.getByRole('combobox', { name: 'for' }).selectOption('5 min');
    const slow = page.getByRole('switch', { name: 'slow-database' });
    await slow.click();
    assert.equal(await slow.getAttribute('aria-checked'), 'true');
    await page.getByTestId('followed').getByText('Start slow-database, 300 s').waitFor();
    const [on] = await active();
    assert.equal(on?.name, 'slow-database');
    assert.ok(Date.parse(on!.until) > Date.now() + 250_000);
    const countdown = scenarios.getByRole('timer', { name: 'slow-database ends in' });
    const shown = await countdown.textContent();
    assert.match(shown ?? '', /^[45]:\d\d$/);
    await until(async () => (await countdown.textContent()) !== shown, { what: () => 'the countdown to go on' });

    await slow.click();
    await until(async () => (await active()).length === 0);
    await countdown.waitFor({ state: 'detached' });

    await api('POST', '/scenarios', { name: 'log-storm', seconds: 60 });
    await scenarios.getByRole('timer', { name: 'log-storm ends in' }).waitFor();
    await page.getByRole('button', { name: 'Stop all' }).click();
    await until(async () => (await active()).length === 0);
    assert.equal(await scenarios.getByRole('timer').count(), 0);
  });

  test('an error burst is seen on the page: errors are counted and listed, each with its trace', async () => {
    await page.getByRole('switch', { name: 'error-burst' }).click();
    const failed = page.getByTestId('followed').locator('li', { has: page.getByText('500', { exact: true }) });
    await until(
      async () => {
        await page.getByRole('button', { name: 'Refresh' }).click();
        return (await failed.count()) > 0;
      },
      { what: () => 'a request that fails' },
    );
    assert.match(await firstTraceId(failed.first()), /^[0-9a-f]{32}$/);
    await page
      .getByTestId('notice')
      .getByText('500 Internal Server Error: the scenario error-burst is on')
      .first()
      .waitFor();
  });
});
