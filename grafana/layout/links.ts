// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type DashboardLink, DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { LOKI, MIMIR, PYROSCOPE, TEMPO } from '../queries/data-sources.ts';
import { PROFILE_TYPES } from '../queries/signals.ts';
import { DASHBOARDS, type DashboardName, TAG } from './uids.ts';

/**
 * A link on a point of a graph, a row of a table, a number. On a click, Grafana fills in what was clicked:
 * `${__field.labels.beast}` is a label of the series, `${__field.displayName}` what its legend says,
 * `${__data.fields["traceID"]}` a column of the row, and `${__from}`, `${__to}` the time range on screen.
 */
export type DataLink = Builder<DashboardLink>;

const dataLink = (title: string, url: string): DataLink => ({ build: () => ({ title, url }) as DashboardLink });

/** A label of the series that was clicked. */
export const label = (name: string) => `\${__field.labels.${name}}`;
/** What the legend says of the series that was clicked: for a label whose name is a variable, which can't stand within another. */
export const LEGEND = '${__field.displayName}';
/** A column of the row that was clicked. */
export const column = (name: string) => `\${__data.fields["${name}"]}`;

/** Opens Explore with a query of LogQL. */
export const exploreLogs = (title: string, expr: string): DataLink =>
  explore(title, { datasource: LOKI, queryType: 'range', expr });

/** Opens Explore with a query of TraceQL, which finds spans. */
export const exploreTraces = (title: string, query: string): DataLink =>
  explore(title, {
    datasource: TEMPO,
    queryType: 'traceql',
    query: `${query} | select(name)`,
    limit: 20,
    tableType: 'spans',
  });

/** Opens Explore with one trace, as a waterfall. */
export const exploreTrace = (title: string, traceId: string): DataLink =>
  explore(title, { datasource: TEMPO, queryType: 'traceql', query: traceId });

/** Opens Explore with a query of PromQL. */
export const exploreMetrics = (title: string, expr: string): DataLink =>
  explore(title, { datasource: MIMIR, expr, range: true, instant: false, exemplar: true });

/**
 * Opens Explore with a flame graph, below a graph over time. For the heap of Node.js there is only the flame graph: Grafana
 * takes its type for one of which there is a rate (parts/signals.ts).
 */
export const exploreProfile = (title: string, profileTypeId: string, labelSelector: string): DataLink =>
  explore(title, {
    datasource: PYROSCOPE,
    queryType: profileTypeId === PROFILE_TYPES.heap ? 'profile' : 'both',
    profileTypeId,
    labelSelector,
    groupBy: [],
  });

function explore(title: string, query: { datasource: { uid: string } } & Record<string, unknown>): DataLink {
  const pane = {
    datasource: query.datasource.uid,
    queries: [{ refId: 'A', ...query }],
    range: { from: '${__from}', to: '${__to}' },
  };
  return dataLink(
    title,
    `/explore?schemaVersion=1&orgId=1&panes=${encodeAroundVariables(JSON.stringify({ mythical: pane }))}`,
  );
}

/** Opens another dashboard at the same time range, with these values for its variables. */
export function openDashboard(title: string, name: DashboardName, variables: Record<string, string> = {}): DataLink {
  const values = Object.entries(variables).map(([variable, value]) => `&var-${variable}=${value}`);
  return dataLink(title, `/d/${DASHBOARDS[name].uid}?\${__url_time_range}${values.join('')}`);
}

/** Opens a panel of a dashboard, alone, at the same time range; either may be what was clicked. */
export const openPanel = (title: string, uid: string, panel: string): DataLink =>
  dataLink(title, `/d/${uid}?viewPanel=${panel}&\${__url_time_range}`);

/** Grafana encodes what it fills in; the rest of the address is up to us. */
function encodeAroundVariables(text: string): string {
  return text
    .split(/(\$\{(?:[^}"]|\\?"[^"]*")*\})/)
    .map((part, index) => (index % 2 === 0 ? encodeURIComponent(part) : part.replaceAll('\\"', '"')))
    .join('');
}

/** In the header of each dashboard: the way back to the start, and a menu of all others. */
export const HEADER_LINKS = [
  new DashboardLinkBuilder(DASHBOARDS.home.title)
    .type(DashboardLinkType.Link)
    .url(`/d/${DASHBOARDS.home.uid}`)
    .icon('dashboard')
    .tooltip('The tour, and what is wrong now')
    .keepTime(true),
  new DashboardLinkBuilder('All dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(false),
];
