import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { launchChromium, missingChromium } from '../../support/chromium.ts';
import { serve } from '../../support/serve.ts';
import { useStarted } from '../../support/use-started.ts';
import { faultsOf } from './faults.ts';
import { lookAt } from './look.ts';

// Each fault is found on a page with Grafana's markup, and none on a page without faults.

const icon = (colour: string) => `<div data-testid="series-icon" style="background: ${colour}"></div>`;

/** An item of a legend: in a list, and as a row of a table in Grafana 12.3 and 13. */
const inList = (name: string, colour: string) => `<div>${icon(colour)}<button>${name}</button></div>`;
const inTable = (name: string, colour: string) => `
  <table><tr><td><span>${icon(colour)}<button>${name}</button></span></td><td>5 req/s</td></tr></table>`;
const inTableOf13 = (name: string, colour: string) => `
  <table><tr><td>${icon(colour)}</td><td><button>${name}</button></td><td>5 req/s</td></tr></table>`;

const panel = ({ title = 'Requests', style = 'width: 200px', body = '5 req/s' } = {}) => `
  <section data-testid="data-testid Panel header ${title}">
    <h2 title="${title}" style="overflow: hidden; white-space: nowrap; ${style}">${title}</h2><div>${body}</div>
  </section>`;

/** A table of one column, and of one row. */
const grid = ({ style = '', title = 'p95', rows = '<div role="gridcell">5 ms</div>' } = {}) => `
  <div role="grid" style="width: 90px; overflow: auto">
    <div role="columnheader" style="${style}">${title}</div>${rows}
  </div>`;

const PAGES: Record<string, { html: string; faults: string[] }> = {
  'nothing is wrong': {
    html: panel({ body: inList('1.9.2', 'blue') + inTable('2.0.0', 'orange') + inTableOf13('all', 'red') + grid() }),
    faults: [],
  },
  'a missing panel': { html: panel({ title: 'Other' }), faults: ['Requests: not shown'] },
  'a failed query': {
    html: panel({ body: '<button data-testid="data-testid Panel status error"></button>' }),
    faults: ['Requests: error'],
  },
  'a panel that crashes': { html: panel({ body: 'An unexpected error happened' }), faults: ['Requests: error'] },
  'a panel that never loads': {
    html: panel({ body: '<div aria-label="Panel loading bar"></div>' }),
    faults: ['Requests: still loading'],
  },
  'no data': { html: panel({ body: '<p>No data</p>' }), faults: ['Requests: no data'] },
  'a cut title': { html: panel({ style: 'width: 20px' }), faults: ['Requests: title is cut'] },
  'a table with only a header': { html: panel({ body: grid({ rows: '' }) }), faults: ['Requests: no data'] },
  'a table with a text for no rows': {
    html: panel({ body: grid({ rows: '<div>No rows</div>' }) }),
    faults: ['Requests: no data'],
  },
  'cut columns': {
    html: panel({ body: grid({ style: 'width: 300px' }) }),
    faults: ['Requests: columns are off screen, or their titles cut'],
  },
  'a cut column title': {
    html: panel({ body: grid({ title: '<span style="display: block; overflow: hidden; width: 9px">p95</span>' }) }),
    faults: ['Requests: columns are off screen, or their titles cut'],
  },
  'a cut legend': {
    html: panel({ body: `<div style="height: 9px; overflow: auto">${inList('1.9.2', 'blue')}</div>` }),
    faults: ['Requests: legend is cut'],
  },
  'an unresolved variable': { html: panel({ body: 'of $' + '{kind}' }), faults: ['Requests: unresolved $' + '{kind}'] },
  'one colour twice': {
    html: panel({ body: inList('1.9.2', 'blue') + inList('2.0.0', 'blue') }),
    faults: ['Requests: 1.9.2 and 2.0.0 have the same colour'],
  },
  'one colour twice in a table': {
    html: panel({ body: inTable('1.9.2', 'blue') + inTableOf13('2.0.0', 'blue') }),
    faults: ['Requests: 1.9.2 and 2.0.0 have the same colour'],
  },
  'an error in the console': {
    html: `${panel()}<script>console.error('the panel is broken')</script>`,
    faults: ['console: the panel is broken'],
  },
};

// Concurrently, because each waits for a second in which nothing loads.
describe('a look at a dashboard', { skip: missingChromium(), concurrency: true }, () => {
  const names = Object.keys(PAGES);
  const browser = useStarted(launchChromium);
  const server = useStarted(() =>
    serve((request, response) => {
      const index = Number(/^\/(\d+)\?/.exec(request.url ?? '')?.[1]);
      const html = PAGES[names[index] ?? '']?.html;
      response.writeHead(html ? 200 : 204, { 'content-type': 'text/html' }).end(html);
    }),
  );

  for (const [index, name] of names.entries()) {
    test(name, async () => {
      const page = await browser.newPage();
      const url = `${server.url}/${index}`;
      const view = await lookAt(page, url, { width: 800, height: 600, theme: 'light', deadlineMs: 2_000 });
      await page.close();
      assert.deepEqual(faultsOf(view, [{ title: 'Requests' }], 'overview'), PAGES[name]!.faults);
    });
  }
});
