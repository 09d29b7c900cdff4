import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { preparePage } from '../../source/lens/http/page.ts';
import { assertAccessible, overflowOf } from '../support/accessibility.ts';
import { send } from '../support/api.ts';
import { launchChromium, missingChromium, openWithoutStorage } from '../support/chromium.ts';
import { type Visit, visit } from '../support/control-room.ts';
import { type Traffic, useTraffic } from '../support/traffic.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

/** lens’ page in a real browser, with telemetry from the real services. */

const LOOKS = [
  ['light', 1280],
  ['dark', 360],
] as const;

describe('lens’ page', { skip: missingChromium() }, () => {
  const browser = useStarted(launchChromium);
  const traffic = useTraffic();
  let { sandbox, server } = {} as Traffic;
  let page: Page;
  let visited: Visit;

  before(async () => {
    ({ sandbox, server } = traffic);
    await preparePage();
    await until(async () => (await sandbox.lens.summary()).profiles > 8);
    visited = await visit(browser, 'about:blank');
    page = visited.page;
  });

  test('shows rates, errors and durations by endpoint', async () => {
    await page.goto(sandbox.lens.url);
    await page.getByTestId('view-red').waitFor();
    const endpoints = page.getByTestId('panel-endpoints');
    await endpoints.getByText('unicorn').first().waitFor();
    assert.match((await page.getByTestId('count-spans').textContent()) ?? '', /\d/);
    for (const version of ['1.9.2', '2.0.0'])
      await page.getByTestId('panel-versions').getByText(version).first().waitFor();
  });

  test('leads from the list of traces to the waterfall of one, with all three services and its log lines', async () => {
    const [{ id } = { id: '' }] = await sandbox.rows<{ id: string }>(`
      select trace_id as id from spans group by trace_id having count(distinct service) = 3 order by max(start_time) desc limit 1`);
    await page.goto(`${sandbox.lens.url}/#/traces`);
    await page.getByTestId('trace-rows').waitFor();
    await page.goto(`${sandbox.lens.url}/#/trace/${id}`);
    const waterfall = page.getByTestId('waterfall');
    await waterfall.waitFor();
    const spans = await page.getByTestId('span-row').count();
    assert.ok(spans >= 6, `${spans} spans`);
    const text = (await waterfall.textContent()) ?? '';
    for (const name of ['process mythical-messages', 'send mythical-messages', '/:beast'])
      assert.ok(text.includes(name), name);
    await page.getByTestId('trace-log').first().waitFor();
  });

  test('shows the attributes of a selected span', async () => {
    await page.getByTestId('span-row').first().click();
    await page.getByTestId('span-detail').getByText('service.namespace').first().waitFor();
  });

  test('can be used with the keyboard in the waterfall', async () => {
    const rows = page.getByTestId('span-row');
    const focused = () => page.evaluate('document.activeElement.dataset.span');
    const all = await rows.count();
    await rows.first().focus();
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await rows.count()) === 1, { what: () => 'the children to be hidden' });
    await page.keyboard.press('ArrowRight');
    await until(async () => (await rows.count()) === all, { what: () => 'the children to be shown' });
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), await rows.nth(1).getAttribute('data-span'));
    await page.keyboard.press('End');
    assert.equal(await focused(), await rows.last().getAttribute('data-span'));
    const details = await page.getByTestId('span-detail').count();
    await page.keyboard.press('Enter');
    await until(async () => (await page.getByTestId('span-detail').count()) === details + 1);
    assert.ok(page.url().includes(`span=${await focused()}`), 'the URL contains the span');
  });

  test('shows log lines, and leads from one to its trace', async () => {
    await page.goto(`${sandbox.lens.url}/#/logs`);
    const line = page.getByTestId('log-line').first();
    await line.waitFor();
    const link = page.getByTestId('log-lines').locator('a[href*="#/trace/"]').first();
    await link.click();
    await page.getByTestId('waterfall').waitFor();
    assert.match(page.url(), /#\/trace\/[0-9a-f]{32}/);
  });

  test('draws a flame graph', async () => {
    await page.goto(`${sandbox.lens.url}/#/flame?service=mythical-server&type=wall`);
    await page.locator('[data-testid=flame-graph] g.frame').first().waitFor();
    const frames = page.locator('[data-testid=flame-graph] g.frame');
    await page.getByTestId('auto-refresh').uncheck();
    // Until a refresh in progress has been drawn.
    await page.waitForTimeout(2_000);
    const all = await frames.count();
    assert.ok(all > 1);
    await frames.last().dispatchEvent('click');
    await until(async () => (await frames.count()) < all, { what: () => 'the other frames to go' });
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    await until(async () => (await frames.count()) === all, { what: () => 'all frames to come back' });
    await page.getByTestId('auto-refresh').check();
  });

  test('leads from a slow span to its own flame graph', async () => {
    const { url } = server;
    await send('POST', `${url}/scenarios`, { name: 'cpu-burn', seconds: 60 });
    const [span] = await until(
      async () => {
        await (await fetch(`${url}/unicorn`)).arrayBuffer();
        return sandbox.rows<{ trace_id: string; span_id: string }>(`
          select s.trace_id, s.span_id from spans s join profiles p on p.span_id = s.span_id
          where p.type = 'cpu' and list_contains(p.stack, 'countDragonScalesTheSlowWay') group by all having sum(p.value) > 60e6 limit 1`);
      },
      { what: () => 'a span that burned CPU, with its profile' },
    );
    await page.goto(`${sandbox.lens.url}/#/trace/${span!.trace_id}`);
    await page.getByTestId('span-row').filter({ hasText: '/:beast' }).first().click();
    const link = page.getByTestId('span-detail').getByRole('link', { name: 'Flame graph for this span (cpu)' });
    await link.click();
    await page
      .locator('[data-testid=flame-graph] g.frame')
      .filter({ hasText: 'countDragonScalesTheSlowWay' })
      .first()
      .waitFor();
    const top = page.getByTestId('top-functions').locator('tr').filter({ hasText: 'countDragonScalesTheSlowWay' });
    const share = Number(/([\d.]+)\s*%/.exec((await top.first().textContent()) ?? '')?.[1]);
    assert.ok(share > 60, `${share} % of the span in countDragonScalesTheSlowWay`);
    assert.ok(page.url().includes(span!.span_id));
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  });

  test('runs a user’s SQL, and shows the error if it is invalid', async () => {
    await page.goto(`${sandbox.lens.url}/#/sql`);
    const panel = page.getByTestId('panel-sql');
    await page.getByTestId('sql-text').fill('select 40 + 2 as answer');
    await panel.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByTestId('result').getByRole('cell', { name: '42', exact: true }).waitFor();
    await page.getByTestId('sql-text').fill('delete from spans');
    await panel.getByRole('button', { name: 'Run', exact: true }).click();
    await panel.getByRole('alert').waitFor();
    // The browser itself reports the expected 400.
    const others = visited.complaints.filter((text) => !text.includes('status of 400'));
    visited.complaints.splice(0, visited.complaints.length, ...others);
  });

  test('works if the browser blocks storage', async () => {
    await using blocked = await openWithoutStorage(sandbox.lens.url);
    const { page: other, errors } = blocked;
    await other.getByTestId('panel-endpoints').getByText('unicorn').first().waitFor();
    await other.getByRole('button', { name: 'Switch to dark theme' }).click();
    assert.equal(await other.evaluate('getComputedStyle(document.documentElement).colorScheme'), 'dark');
    await other.getByTestId('auto-refresh').uncheck();
    assert.deepEqual(errors, []);
  });

  test('passes axe: each view, in light and dark, wide and narrow', async () => {
    const [{ id } = { id: '' }] = await sandbox.rows<{ id: string }>(`
      select trace_id as id from spans group by trace_id having count(distinct service) = 3 order by max(start_time) desc limit 1`);
    for (const [view, shown] of [
      ['red', 'panel-endpoints'],
      [`traces?text=${id}`, 'trace-rows'],
      [`trace/${id}`, 'waterfall'],
      [`logs?trace=${id}`, 'log-lines'],
      ['flame?service=mythical-server&type=wall', 'top-functions'],
      ['sql?q=select+1', 'result'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(`${sandbox.lens.url}/#/${view}`);
      await page.getByTestId(shown).waitFor();
      if (shown === 'waterfall') await page.getByTestId('span-row').first().click();
      await assertAccessible(page, view, LOOKS);
    }
  });

  test('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const view of ['red', 'traces', 'logs', 'sql']) {
      await page.goto(`${sandbox.lens.url}/#/${view}`);
      await page.getByTestId(`view-${view}`).waitFor();
      const overflow = await overflowOf(page);
      assert.ok(overflow <= 0, `${view} is ${overflow} px too wide`);
    }
  });

  test('logged no errors or warnings, and sent no requests to other hosts', () => {
    assert.deepEqual(visited.complaints, []);
    const { url } = sandbox.lens;
    assert.deepEqual(
      visited.asked.filter((asked) => !asked.startsWith(url) && !asked.startsWith('data:')),
      [],
    );
  });
});
