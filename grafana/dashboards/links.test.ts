import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataLinksOf, type Link, type Panel, panelsOf, readDashboards } from '../model/dashboards/read.ts';

// A link to Explore must ask for what was clicked: its query contains each label that names the series of a graph, and each
// column that names the row of a table. tests/e2e/dashboards.e2e.ts follows the links, and finds data.

/** Links that deliberately query for more than what was clicked, as their titles say. */
const WIDER: { dashboard: string; panel: string; link: string; without: string[]; because: string }[] = [
  ...['Request rate', 'p95 latency and exemplars'].map((panel) => ({
    dashboard: 'overview',
    panel,
    link: 'CPU profile of the server',
    without: ['$word'],
    because: 'samples have the route, but not the kind',
  })),
  {
    dashboard: 'frontend',
    panel: 'Action duration',
    link: 'Requests from the browser',
    without: ['event_name'],
    because: 'an event is named after the result of the click (beast_added), its spans after the click (add unicorn)',
  },
  {
    dashboard: 'infrastructure',
    panel: 'Pool connections',
    link: 'Database spans of this service',
    without: ['state'],
    because: 'spans do not record which state a connection was in',
  },
  {
    dashboard: 'infrastructure',
    panel: 'Queue length',
    link: 'Messages that took longer than 500 ms',
    without: ['queue'],
    because: 'spans have the queue that a message was consumed from, and most queues here have no consumer',
  },
  {
    dashboard: 'k6',
    panel: 'Failed requests by status',
    link: 'Failed requests of this method in Tempo',
    without: ['status'],
    because: 'k6 reports status 0 if there was no response, and then no server span has a status',
  },
];

/** Columns that name a table's row, that is, columns without numbers. For spans, the trace ID is enough. */
function columnsOf({ transformations = [] }: Panel): string[] {
  const renamed = transformations.find(({ id }) => id === 'organize')!.options.renameByName as Record<string, string>;
  if (renamed.traceIdHidden !== undefined) return [renamed.traceIdHidden];
  return Object.entries(renamed).flatMap(([from, to]) => (from.startsWith('Value') ? [] : [to]));
}

/** Labels that name a series: in legends, or in the grouping of profiles. */
const labelsOf = ({ targets = [] }: Panel): string[] => [
  ...new Set(
    targets.flatMap(({ legendFormat = '', groupBy = [] }) => [
      ...[...legendFormat.matchAll(/\{\{\s*(\$?\w+)\s*\}\}/g)].map(([, label]) => label!),
      ...groupBy,
    ]),
  ),
];

/** Whether the legend consists of this label's value alone. */
const isLegend = ({ targets = [] }: Panel, label: string): boolean =>
  targets.every(({ legendFormat }) => legendFormat === `{{${label}}}`);

/** What was clicked but is missing from the query. */
const missing = (panel: Panel, { url }: Link): string[] =>
  panel.type === 'table'
    ? columnsOf(panel).filter((column) => !url.includes(`\${__data.fields["${column}"]}`))
    : labelsOf(panel).filter(
        (label) =>
          !url.includes(`\${__field.labels.${label}}`) &&
          !(isLegend(panel, label) && url.includes('${__field.displayName}')),
      );

const links = [...readDashboards()].flatMap(([dashboard, one]) =>
  panelsOf(one).flatMap((panel) =>
    dataLinksOf(panel)
      .filter(({ url }) => url.startsWith('/explore'))
      .map((link) => ({ dashboard, panel, link })),
  ),
);
const exceptionFor = (dashboard: string, panel: Panel, link: Link) =>
  WIDER.find((one) => one.dashboard === dashboard && one.panel === panel.title && one.link === link.title);

describe('a link leads to what was clicked', () => {
  for (const { dashboard, panel, link } of links) {
    test(`${dashboard}: ${panel.title}, ${link.title}`, () => {
      assert.deepEqual(missing(panel, link), exceptionFor(dashboard, panel, link)?.without ?? []);
    });
  }

  test('each exception is about an existing link', () => {
    for (const wider of WIDER)
      assert.ok(
        links.some(({ dashboard, panel, link }) => exceptionFor(dashboard, panel, link) === wider),
        wider.link,
      );
  });

  // Tempo returns some of the matching spans, in no particular order.
  test('no link promises the slowest or the newest', () => {
    for (const { link } of links) assert.doesNotMatch(link.title, /slowest|newest|latest|worst/i);
  });
});
