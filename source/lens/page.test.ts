import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Function as Fn, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import { launchChromium, missingChromium } from '../../tests/support/chromium.ts';
import { type Visit, visit } from '../../tests/support/control-room.ts';
import { useLens } from '../../tests/support/lens.ts';
import { logsOf, span, spansOf } from '../../tests/support/otlp.ts';
import { until } from '../../tests/support/until.ts';
import { useStarted } from '../../tests/support/use-started.ts';
import { preparePage } from './http/page.ts';

/** The page with unusual data; tests/integration has the usual. */
const skip = missingChromium();

describe('lens’ page', { skip }, () => {
  const browser = useStarted(launchChromium, skip);
  const lens = useLens();
  let visited: Visit;
  let page: Page;
  const open = (route: string) => page.goto(`${lens.url}/#/${route}`);

  before(() => preparePage());
  beforeEach(async () => {
    visited = await visit(browser, 'about:blank');
    page = visited.page;
  });
  afterEach(() => visited.context.close());

  test('links in the tables keep a fixed time range', async () => {
    const attributes = [{ key: 'service.version', value: { stringValue: '1.0' } }];
    await lens.post('/v1/traces', spansOf('versioned', [span('GET /', { kind: 2, attributes })]));
    const [from, to] = [-60_000, 60_000].map((ms) => encodeURIComponent(new Date(Date.now() + ms).toISOString()));
    await open(`red?from=${from}&to=${to}`);
    for (const panel of ['endpoints', 'versions']) {
      const link = page.getByTestId(`panel-${panel}`).locator('a[href*="service=versioned"]');
      assert.ok((await link.getAttribute('href'))?.includes(`from=${from}&to=${to}`), panel);
    }
  });

  test('says that a result was truncated', async () => {
    const traceId = 'e'.repeat(32);
    const spans = Array.from({ length: 10_001 }, () => span('many', { traceId }));
    await lens.post('/v1/traces', spansOf('busy', spans));
    const lines = Array.from({ length: 1001 }, () => ({ traceId, body: { stringValue: 'many' } }));
    await lens.post('/v1/logs', logsOf('busy', lines));
    await open(`trace/${traceId}`);
    await page.getByTestId('panel-waterfall').getByText('truncated').waitFor();
    await page.getByTestId('panel-trace-logs').getByText('first 1000').waitFor();
  });

  test('a span link without ids leads nowhere', async () => {
    const traceId = 'f'.repeat(32);
    const links = [{ attributes: [{ key: 'reason', value: { stringValue: 'unknown origin' } }] }];
    await lens.post('/v1/traces', spansOf('linked', [span('linked', { traceId, links })]));
    await open(`trace/${traceId}`);
    await page.getByTestId('span-row').click();
    await page.getByTestId('span-detail').getByText('unknown origin').waitFor();
    assert.equal(await page.locator('a[href*="null"]').count(), 0);
  });

  test('says that the browser did not allow copying', async () => {
    await open('sql?q=select+1');
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))");
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copying is not allowed').waitFor();
    assert.deepEqual(visited.complaints, []);
  });

  test('an edited query with other columns leaves the last chart', async () => {
    await lens.post('/v1/traces', spansOf('timed', [span('GET /', { kind: 2, startTimeUnixNano: ago(15) })]));
    await open('red');
    const panel = page.getByTestId('panel-latency');
    const legend = panel.locator('li').first();
    await legend.filter({ hasText: /p50 \d/ }).waitFor();
    await panel.getByRole('button', { name: 'SQL of Latency' }).click();
    await panel.getByTestId('sql-text').fill("select now()::timestamp as time, '1' as le");
    await panel.getByRole('button', { name: 'Run' }).click();
    await panel.getByText('not drawn').waitFor();
    await until(async () => /p50 \d/.test((await legend.textContent()) ?? ''), { what: () => 'the last chart' });
  });

  test('values that cannot be drawn leave the rest of the page usable', async () => {
    const traceId = 'd'.repeat(32);
    await lens.post('/v1/traces', spansOf('drawn', [span('drawn', { traceId })]));
    await open(`trace/${traceId}`);
    const panel = page.getByTestId('panel-waterfall');
    const edit = async (text: string) => {
      await panel.getByTestId('sql-text').fill(text);
      await panel.getByRole('button', { name: 'Run' }).click();
    };
    await panel.getByRole('button', { name: 'SQL of Spans' }).click();
    await edit("SELECT * REPLACE ('soon' AS start_time) FROM spans LIMIT 1");
    await panel.getByText('columns missing: start_time TIMESTAMP').waitFor();
    await edit('SELECT * REPLACE (NULL::TIMESTAMP AS start_time) FROM spans LIMIT 1');
    await page.getByText("This view can't be drawn").waitFor();
    await page.getByRole('link', { name: 'Logs' }).click();
    await page.getByTestId('panel-logs').waitFor();
  });

  test('draws deep stacks, and all frames again after a zoom and a resize', async () => {
    const response = await fetch(`${lens.url}/ingest?name=deep`, { method: 'POST', body: deepProfile(3000) });
    assert.equal(response.status, 200);
    await open('flame?service=deep');
    const frames = page.locator('[data-testid=flame-graph] g.frame');
    await until(async () => (await frames.count()) === 3002, { what: () => 'all frames and the root' });
    await frames.filter({ hasText: 'other' }).dispatchEvent('click');
    await until(async () => (await frames.count()) === 2, { what: () => 'the zoomed frame and the root' });
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    await page.setViewportSize({ width: 1000, height: 900 });
    await until(async () => (await frames.count()) === 3002, { what: () => 'all frames' });
  });
});

const ago = (seconds: number) => `${Date.now() - seconds * 1000}000000`;

/** A deep stack and a short one. */
function deepProfile(depth: number): Uint8Array<ArrayBuffer> {
  const stringTable = new StringTable();
  const string = (text: string) => stringTable.dedup(text);
  const ids = Array.from({ length: depth + 1 }, (_, index) => index + 1);
  const profile = new Profile({
    sampleType: [new ValueType({ type: string('cpu'), unit: string('nanoseconds') })],
    function: ids.map((id) => new Fn({ id, name: string(id > depth ? 'other' : `f${id}`) })),
    location: ids.map((id) => new Location({ id, line: [new Line({ functionId: id })] })),
    sample: [ids.slice(0, depth), [depth + 1]].map((locationId) => new Sample({ locationId, value: [5e9] })),
    stringTable,
  });
  return Uint8Array.from(profile.encode());
}
