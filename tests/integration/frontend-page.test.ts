import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingChromium } from '../support/chromium.ts';
import { ControlRoom, firstTraceId, row, visit } from '../support/control-room.ts';
import { until } from '../support/until.ts';

/** The browser app in a real browser, on the real server and Postgres, observed by lens. */

describe('the browser app', { skip: missingChromium() }, () => {
  const room = new ControlRoom();

  test('one click on "add" is one trace, from the browser to Postgres, with the ID that the page shows', async () => {
    const { complaints } = room.visited;
    const name = await room.page.getByRole('textbox', { name: /^Name of the new/ }).getAttribute('placeholder');
    await room.page.getByRole('button', { name: 'Add unicorn' }).click();
    await row(room.page, name!).waitFor();
    const action = room.page.getByTestId('followed').locator('li').first();
    await action.getByText(`Add unicorn ${name}`).waitFor();
    const traceId = await firstTraceId(action);
    const spans = await until(
      async () => {
        const found = await room.spansOf(traceId);
        return found.length >= 4 && found;
      },
      { what: () => `four spans of trace ${traceId}` },
    );
    assert.deepEqual(
      spans.map((span) => [span.service, span.name, spans.findIndex(({ id }) => id === span.parent)]),
      [
        ['mythical-frontend', 'add unicorn', -1],
        ['mythical-frontend', 'POST', 0],
        ['mythical-server', 'POST /:beast', 1],
        ['mythical-server', `pg.query:add-beast ${room.app.sandbox.env.POSTGRES_DB}`, 2],
      ],
    );
    assert.equal(spans[3]?.system, 'postgresql');
    for (const [link, address] of [
      ['Trace', `/#/trace/${traceId}`],
      ['Logs', `/#/logs?trace=${traceId}`],
      ['Profile', '/#/flame?service=mythical-server&type=cpu'],
    ])
      assert.equal(
        await action.getByRole('link', { name: `${link} of: Add unicorn ${name}` }).getAttribute('href'),
        `${room.app.sandbox.lens.url}${address}`,
      );
    assert.deepEqual(complaints, []);
  });

  test('the trace link opens its waterfall in lens', async () => {
    await room.add('Waterfall');
    const traceId = await firstTraceId(room.page.getByTestId('followed').locator('li', { hasText: 'Waterfall' }));
    await until(async () => (await room.spansOf(traceId)).length >= 4);
    const [lens] = await Promise.all([
      room.visited.context.waitForEvent('page'),
      room.page.getByRole('link', { name: 'Trace of: Add unicorn Waterfall' }).click(),
    ]);
    await lens.getByTestId('waterfall').getByText('mythical-frontend').first().waitFor();
    await lens.getByTestId('waterfall').getByText('add unicorn').first().waitFor();
  });

  test('browses by kind and page by page, adds and deletes, and others see the same', async () => {
    for (let index = 10; index < 25; index++) await room.api('POST', '/manticore', { name: `M${index}` });
    await room.page.getByRole('radio', { name: 'manticore' }).check({ force: true });
    await row(room.page, 'M21').waitFor();
    assert.equal(await row(room.page, 'M22').count(), 0);
    await room.page.getByRole('button', { name: 'Show more' }).click();
    await row(room.page, 'M24').waitFor();
    assert.equal(await room.page.getByRole('button', { name: 'Show more' }).count(), 0);

    await room.page.getByRole('button', { name: 'Delete M23' }).click();
    await row(room.page, 'M23').waitFor({ state: 'detached' });
    await room.page.getByTestId('followed').getByText('Delete manticore M23').waitFor();
    const names = ((await (await room.api('GET', '/manticore')).json()) as { name: string }[]).map(({ name }) => name);
    assert.equal(names.length, 14);
    assert.ok(!names.includes('M23'));

    await room.api('POST', '/manticore', { name: 'A-new-one' });
    await room.page.getByRole('button', { name: 'Refresh' }).click();
    await row(room.page, 'A-new-one').waitFor();
  });

  test('undoes what the server rejects, and shows the reason and the trace', async () => {
    await room.add('Twin');
    await room.page.getByTestId('followed').getByText('Add unicorn Twin').waitFor();
    await room.add('Twin');
    const notice = room.page.getByTestId('notice');
    await notice.getByText('Twin was not added').waitFor();
    await notice.getByText('409 Conflict: a unicorn with this name already exists').waitFor();
    assert.equal(await row(room.page, 'Twin').count(), 1);
    const traceId = await firstTraceId(notice);
    assert.equal(
      await notice.getByRole('link', { name: /^Trace/ }).getAttribute('href'),
      `${room.app.sandbox.lens.url}/#/trace/${traceId}`,
    );
    const [root] = await until(() =>
      room.app.sandbox.rows(
        `select status, status_message from spans where trace_id = '${traceId}' and parent_span_id is null`,
      ),
    );
    assert.deepEqual(root, { status: 'error', status_message: 'a unicorn with this name already exists' });
    await notice.getByRole('button', { name: 'Dismiss: Twin was not added' }).click();
    await notice.waitFor({ state: 'detached' });
    assert.match((await room.page.getByTestId('traffic').textContent()) ?? '', /Errors1/);
  });

  test('offline, it tells the user and removes the row again; back online, it reconnects without a reload', async () => {
    await room.visited.context.setOffline(true);
    await room.add('Nowhere');
    const notice = room.page.getByTestId('notice');
    await notice.getByText('Nowhere was not added').waitFor();
    await notice.getByText('this browser is offline').waitFor();
    await room.page.getByText('API unreachable, retrying').waitFor();
    await row(room.page, 'Nowhere').waitFor({ state: 'detached' });
    await room.visited.context.setOffline(false);
    await room.page.getByText('API connected').waitFor();
    await notice.getByRole('button', { name: 'Try again: Nowhere was not added' }).click();
    await room.page
      .getByTestId('followed')
      .locator('li', { hasText: 'Add unicorn Nowhere' })
      .getByText('201')
      .waitFor();
    await row(room.page, 'Nowhere').waitFor();
  });

  test('without an API it shows which one is missing, and starts when it is available', async () => {
    const isApi = (url: URL) => url.origin === room.app.server.url;
    const waiting = await visit(room.browser, room.app.url, (other) => other.route(isApi, (route) => route.abort()));
    await waiting.page.getByRole('heading', { name: 'The API is not responding' }).waitFor();
    await waiting.page.getByText(room.app.server.url).waitFor();
    await waiting.page.unroute(isApi);
    await waiting.page.getByRole('button', { name: 'Add unicorn' }).waitFor();
    await waiting.context.close();
  });

  test('scenarios are switched on with a countdown, and off; changes by others are noticed', async () => {
    type Scenario = { name: string; active: boolean; until: string };
    const active = async () =>
      ((await (await room.api('GET', '/scenarios')).json()) as Scenario[]).filter((scenario) => scenario.active);
    const scenarios = room.page.getByTestId('scenarios');
    assert.equal(await scenarios.getByRole('switch').count(), 6);

    await room.page.getByRole('combobox', { name: 'for' }).selectOption('5 min');
    const slow = room.page.getByRole('switch', { name: 'slow-database' });
    await slow.click();
    assert.equal(await slow.getAttribute('aria-checked'), 'true');
    await room.page.getByTestId('followed').getByText('Start slow-database, 300 s').waitFor();
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

    await room.api('POST', '/scenarios', { name: 'log-storm', seconds: 60 });
    await scenarios.getByRole('timer', { name: 'log-storm ends in' }).waitFor();
    await room.page.getByRole('button', { name: 'Stop all' }).click();
    await until(async () => (await active()).length === 0);
    assert.equal(await scenarios.getByRole('timer').count(), 0);
  });

  test('an error burst is visible on the page: errors are counted and listed, each with its trace', async () => {
    await room.page.getByRole('switch', { name: 'error-burst' }).click();
    const failed = room.page
      .getByTestId('followed')
      .locator('li', { has: room.page.getByText('500', { exact: true }) });
    await until(
      async () => {
        await room.page.getByRole('button', { name: 'Refresh' }).click();
        return (await failed.count()) > 0;
      },
      { what: () => 'a request that fails' },
    );
    assert.match(await firstTraceId(failed.first()), /^[0-9a-f]{32}$/);
    await room.page
      .getByTestId('notice')
      .getByText('500 Internal Server Error: the bestiary has no page with this number')
      .first()
      .waitFor();
  });
});
