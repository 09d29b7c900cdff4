import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startBrowserApp } from '../support/browser-app.ts';
import { missingChromium } from '../support/chromium.ts';
import { ControlRoom, firstTraceId, useBrowser, visit } from '../support/control-room.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

/** The browser app in a real browser, on the real server and Postgres: the telemetry that lens receives from it. */

describe('the telemetry of the browser app', { skip: missingChromium() }, () => {
  const room = new ControlRoom();

  test('requests that the page sends automatically are not traced', async () => {
    const polled = await room.page.waitForRequest(/\/scenarios\?poll/);
    assert.match((await polled.allHeaders()).traceparent ?? '', /-00$/);
    await room.add('After the poll');
    const traceId = await firstTraceId(room.page.getByTestId('followed').locator('li', { hasText: 'After the poll' }));
    await until(async () => (await room.spansOf(traceId)).length >= 4);
    const spans = await room.app.sandbox.rows(
      `select name from spans where http_target = '/scenarios' and http_method = 'GET' and service = 'mythical-frontend'
       union all select name from spans where trace_id = '${'5'.repeat(32)}'`,
    );
    assert.deepEqual(spans, []);
  });

  describe('as Faro signals', () => {
    const lines = (condition: string) =>
      room.app.sandbox.rows<{ body: string; level: string; trace_id: string | null }>(
        `select body, level, trace_id from logs where service = 'mythical-frontend' and ${condition}`,
      );

    test('the session, the page load, and a custom event in the trace of its action', async () => {
      const session = /session (\S+)/.exec((await room.page.locator('header').textContent()) ?? '')?.[1];
      await room.add('Eventful');
      const traceId = await firstTraceId(room.page.getByTestId('followed').locator('li', { hasText: 'Eventful' }));
      const [added] = await until(() => lines(`body like '%event_name=beast_added%' and trace_id = '${traceId}'`));
      assert.match(
        added!.body,
        /event_data_beast=unicorn event_data_outcome=done event_data_status=201 event_data_duration_ms=/,
      );
      assert.ok(added!.body.includes(`session_id=${session} `), `${session}: ${added!.body}`);
      assert.ok(added!.body.includes(`page_url=${room.app.url}/`));
      await until(
        async () => (await lines(`body like '%event_name=session_start%session_id=${session} %'`)).length === 1,
      );
      await until(
        async () =>
          (await lines(`body like '%event_name=faro.performance.navigation%session_id=${session} %'`)).length === 1,
      );
    });

    test('an error with its stack, and a warning on the console', async () => {
      await room.page.getByRole('button', { name: 'Throw an error' }).click();
      const [error] = await until(() =>
        lines(`body like '%kind=exception%' and body like '%no needle in this haystack%'`),
      );
      assert.equal(error!.level, 'error');
      assert.match(error!.body, /at [\w.]*findTheNeedle \(http:.*\.js:\d+:\d+\)\\n {2}at [\w.]*search \(/);
      await room.page.evaluate(`console.warn('the beasts are restless')`);
      await until(() => lines(`level = 'warn' and body like '%the beasts are restless%'`));
    });

    test('Web Vitals, as metrics, too', async () => {
      const opened = Math.floor((await room.page.evaluate('performance.timeOrigin')) as number);
      await room.page.getByRole('button', { name: /^Freeze/ }).click();
      await room.page.getByRole('button', { name: 'Refresh' }).click();
      // An interaction counts once the next frame has been painted and its observers have been notified.
      await room.page.evaluate(
        'new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(painted, 500))))',
      );
      // Layout shift and the slowest interaction are reported when the page is left.
      await room.page.close({ runBeforeUnload: true });
      const vitals = await until(
        async () => {
          const rows = await room.app.sandbox.rows<{ name: string; most: number }>(
            `select name, max(value) as most from metrics
             where name like 'faro_web_vitals_%' and time >= make_timestamp(${opened}000) group by name order by name`,
          );
          const slowest = rows.find(({ name }) => name.endsWith('inp'))?.most ?? 0;
          return rows.length === 5 && slowest >= 600 && rows;
        },
        { what: () => 'five web vitals, and the 600 ms that the page was frozen' },
      );
      assert.deepEqual(
        vitals.map(({ name }) => name.replace('faro_web_vitals_', '')),
        ['cls', 'fcp', 'inp', 'lcp', 'ttfb'],
      );
      assert.ok(vitals.find(({ name }) => name.endsWith('cls'))!.most < 0.1, 'the page stays where it is');
    });

    test('lens counts them', async () => {
      const { services } = await room.app.sandbox.lens.summary();
      const own = services.find(({ name }) => name === 'mythical-frontend');
      assert.ok(own && own.spans > 0 && own.logs > 0 && own.metricSamples > 0, JSON.stringify(own));
    });
  });

  test('everything works while the collector is down', async () => {
    const blind = await visit(room.browser, room.app.url, (other) =>
      other.route('**/collect', (route) => route.abort()),
    );
    await blind.page.getByRole('button', { name: 'Add unicorn' }).click();
    await blind.page.getByTestId('followed').getByText('Add unicorn').waitFor();
    assert.equal(await blind.page.getByTestId('notice').count(), 0);
    // The browser itself reports failed requests; nothing else is logged.
    assert.deepEqual(
      blind.complaints.filter((text) => !text.includes('net::ERR_FAILED')),
      [],
    );
    await blind.context.close();
  });
});

describe('the browser app with the plain vocabulary, without a collector', { skip: missingChromium() }, () => {
  const browser = useBrowser();
  const app = useStarted(() => startBrowserApp({ ENDPOINT_TYPE: 'BORING', FARO_URL: '' }));

  test('uses the word entry, works, and logs nothing; the trace starts at the server', async () => {
    const { page, complaints, asked } = await visit(browser, app.url);
    await page.getByRole('heading', { name: 'Entries' }).waitFor();
    await page.getByRole('button', { name: 'Add login' }).click();
    await page
      .getByTestId('beasts')
      .getByText(/^demo-\d{4}$/)
      .waitFor();
    const action = page.getByTestId('followed').locator('li', { hasText: 'Add login demo-' });
    await action.waitFor();
    const traceId = await firstTraceId(action);
    const [root] = await until(() =>
      app.sandbox.rows(`select service, name from spans where trace_id = '${traceId}' and parent_span_id is null`),
    );
    assert.deepEqual(root, { service: 'mythical-server', name: 'POST /:beast' });
    assert.doesNotMatch((await page.locator('body').textContent()) ?? '', /beast|unicorn/i);
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      asked.filter((url) => /faro|collect/.test(url)),
      [],
    );
    assert.ok(!(await app.sandbox.lens.summary()).services.some(({ name }) => name === 'mythical-frontend'));
  });
});
