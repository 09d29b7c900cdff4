// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataLinksOf, type Link, type Panel, panelsOf, readDashboards } from '../model/dashboards/read.ts';

// A link that leads to Explore asks for what was clicked: each label that names the series of a graph, and each column that
// names the row of a table, is in its query. tests/e2e/dashboards.e2e.ts follows them, and finds data.

/** Links that query for more than what was clicked, as their titles tell. */
const WIDER: { dashboard: string; panel: string; link: string; without: string[]; because: string }[] = [
  ...['Request rate', 'p95 latency and exemplars'].map((panel) => ({
    dashboard: 'overview',
    panel,
    link: 'CPU profile of the server',
    without: ['$word'],
    because: 'samples know the route that they were taken in, and not the kind',
  })),
  {
    dashboard: 'frontend',
    panel: 'Action duration',
    link: 'The requests of the browser',
    without: ['event_name'],
    because: 'an event is called by what came of the click (beast_added), and its spans by the click (add unicorn)',
  },
  {
    dashboard: 'infrastructure',
    panel: 'Connections to Postgres',
    link: 'Its spans at the database',
    without: ['state'],
    because: '“Its” is the service: no span says which state a connection was in',
  },
  {
    dashboard: 'infrastructure',
    panel: 'Queue length',
    link: 'Messages that took long',
    without: ['queue'],
    because:
      'spans know of the queue that a message was taken from, and most queues here are those where none is taken',
  },
  {
    dashboard: 'k6',
    panel: 'Failed requests by status',
    link: 'Failed requests of this method in Tempo',
    without: ['status'],
    because: 'k6 says 0 where there was no answer, and then there is no span of the server with a status',
  },
];

/** Names of a table's row: columns that are no numbers. Of spans, the id of the trace says it all. */
function columnsOf({ transformations = [] }: Panel): string[] {
  const renamed = transformations.find(({ id }) => id === 'organize')!.options.renameByName as Record<string, string>;
  if (renamed.traceIdHidden !== undefined) return [renamed.traceIdHidden];
  return Object.entries(renamed).flatMap(([from, to]) => (from.startsWith('Value') ? [] : [to]));
}

/** Labels that name a series: in legends, or what profiles are grouped by. */
const labelsOf = ({ targets = [] }: Panel): string[] => [
  ...new Set(
    targets.flatMap(({ legendFormat = '', groupBy = [] }) => [
      ...[...legendFormat.matchAll(/\{\{\s*(\$?\w+)\s*\}\}/g)].map(([, label]) => label!),
      ...groupBy,
    ]),
  ),
];

/** Whether the legends say nothing but the value of this label. */
const isLegend = ({ targets = [] }: Panel, label: string): boolean =>
  targets.every(({ legendFormat }) => legendFormat === `{{${label}}}`);

/** What was clicked and is not in the query. */
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

  test('each exception is about a link that exists', () => {
    for (const wider of WIDER)
      assert.ok(
        links.some(({ dashboard, panel, link }) => exceptionFor(dashboard, panel, link) === wider),
        wider.link,
      );
  });

  // Tempo finds some of the spans that a condition holds for, in no order.
  test('none promises the slowest or the newest', () => {
    for (const { link } of links) assert.doesNotMatch(link.title, /slowest|newest|latest|worst/i);
  });
});
