import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { launchChromium, missingChromium } from '../../support/chromium.ts';
import { serve } from '../../support/serve.ts';
import { useStarted } from '../../support/use-started.ts';
import { arrives } from './arrive.ts';
import { findLinks } from './clicks.ts';
import { panelTitled } from './look.ts';

// Links are found, and data is told from none, on pages with Grafana's markup.

/** Links on a value, in the menu of a cell, in that of a number, and in the tooltip of a point at half the height. */
const PANEL = `
  <section data-testid="data-testid Panel header Requests">
    <a href="/d/slo?from=now-15m">5 req/s</a>
    <a aria-haspopup="menu" onclick="show('/explore?kind=unicorn')">unicorn</a>
    <button style="display: flex; flex-direction: row" onclick="show('/d/errors?from=now-15m')">5 %</button>
    <button title="A legend" onclick="show('/d/legend?from=now-15m')">POST</button>
    <div class="u-over" style="position: relative; height: 200px"><div class="u-cursor-pt u-off"></div></div>
  </section>
  <div id="overlay"></div>
  <script>
    const overlay = document.getElementById('overlay');
    const graph = document.querySelector('.u-over');
    const show = (href) => { overlay.innerHTML = '<a href="' + href + '">Traces</a>'; };
    const isNear = ({ offsetY }) => Math.abs(offsetY - 100) < 10;
    graph.onmousemove = (event) => graph.firstChild.classList.toggle('u-off', !isNear(event));
    graph.onclick = (event) => isNear(event) && show('/explore?version=2.0.0');
    document.onkeydown = ({ key }) => { if (key === 'Escape') overlay.innerHTML = ''; };
  </script>`;

const DATA: Record<string, [html: string, arrives: boolean]> = {
  '/d/slo': ['<section data-testid="data-testid Panel header Now"></section>', true],
  '/d/gone': ['<p>Dashboard not found</p>', false],
  '/explore/graph': ['<div class="u-over">graph</div>', true],
  '/explore/trace': ['<div data-testid="span-view">POST /:beast</div>', true],
  '/explore/lines': ['<div data-testid="logRows"><div>a line</div></div>', true],
  '/explore/no-lines': ['<div data-testid="logRows"></div><p>No logs found.</p>', false],
  '/explore/flames': ['<div>5.80 s | 5.80 Bil samples (Time)</div>', true],
  '/explore/no-flames': ['<div>0 ns | 0 samples (Time)</div>', false],
  '/explore/spans': [
    '<section data-testid="data-testid Panel header Table - Spans"><a href="#">6dde</a></section>',
    true,
  ],
  '/explore/no-spans': ['<section data-testid="data-testid Panel header Table - Spans">No rows</section>', false],
};

describe('clicks', { skip: missingChromium(), concurrency: true }, () => {
  const browser = useStarted(launchChromium);
  const server = useStarted(() =>
    serve((request, response) => {
      const html = request.url === '/' ? PANEL : DATA[request.url ?? '']?.[0];
      response.writeHead(html ? 200 : 204, { 'content-type': 'text/html' }).end(html);
    }),
  );

  test('find each link of a panel where it is', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    const links = [
      { title: 'on the value', url: '/d/slo?$' + '{__url_time_range}' },
      { title: 'in the menu', url: '/explore?kind=$' + '{__data.fields["Kind"]}' },
      { title: 'on the number', url: '/d/errors?$' + '{__url_time_range}' },
      { title: 'at the point', url: '/explore?version=$' + '{__field.labels.version}' },
    ];
    const found = await findLinks(page, panelTitled(page, 'Requests', 0), links);
    assert.deepEqual(
      [...found].map(([{ title }, addresses]) => [title, [...addresses].map((one) => one.replace(server.url, ''))]),
      [
        ['on the value', ['/d/slo?from=now-15m']],
        ['in the menu', ['/explore?kind=unicorn']],
        ['on the number', ['/d/errors?from=now-15m']],
        ['at the point', ['/explore?version=2.0.0']],
      ],
    );
    const nowhere = { title: 'nowhere', url: '/explore?status=500' };
    assert.deepEqual([...(await findLinks(page, page.locator('#overlay'), [nowhere])).values()], [new Set()]);
  });

  for (const [path, [, expected]] of Object.entries(DATA)) {
    test(`${path} ${expected ? 'has' : 'has no'} data`, async () => {
      await using context = await browser.newContext();
      assert.equal(await arrives(context, server.url + path, expected ? 15_000 : 1_000), expected);
    });
  }
});
