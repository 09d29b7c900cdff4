import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type DashboardLink, DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { FRONTEND } from '@mythical/common/services';
import { LOKI, MIMIR, PYROSCOPE, TEMPO } from '../queries/data-sources.ts';
import { PROFILE_TYPES } from '../queries/signals.ts';
import { DASHBOARDS, type DashboardName, TAG } from './uids.ts';

/**
 * A link on a point of a graph, a row of a table or a number. On a click, Grafana fills in what was clicked:
 * `${__field.labels.beast}` is a label of the series, `${__field.displayName}` its legend, `${__data.fields["traceID"]}` a
 * column of the row, and `${__from}` and `${__to}` the time range on screen.
 */
export type DataLink = Builder<DashboardLink>;

const dataLink = (title: string, url: string): DataLink => ({ build: () => ({ title, url }) as DashboardLink });

/** In Markdown. Compose publishes its port on localhost. */
export const CONTROL_ROOM = `[control room](http://localhost:${FRONTEND.port})`;

/** A label of the series that was clicked. */
export const label = (name: string) => `\${__field.labels.${name}}`;
/** The legend of the series that was clicked: for a label whose name is a variable, since variables can't be nested. */
export const LEGEND = '${__field.displayName}';
/** A column of the row that was clicked. */
export const column = (name: string) => `\${__data.fields["${name}"]}`;

/** Opens Explore with a LogQL query. */
export const exploreLogs = (title: string, expr: string): DataLink =>
  explore(title, { datasource: LOKI, queryType: 'range', expr });

/** Opens Explore with a TraceQL query that finds spans. */
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

/** Opens Explore with a PromQL query. */
export const exploreMetrics = (title: string, expr: string): DataLink =>
  explore(title, { datasource: MIMIR, expr, range: true, instant: false, exemplar: true });

/**
 * Opens Explore with a flame graph below a time series graph. For the Node.js heap there is only the flame graph, because
 * Grafana would draw the heap as a rate (PROFILE_TYPES in queries/signals.ts).
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

/** Opens another dashboard with the same time range and these variable values. */
export function openDashboard(title: string, name: DashboardName, variables: Record<string, string> = {}): DataLink {
  const values = Object.entries(variables).map(([variable, value]) => `&var-${variable}=${value}`);
  return dataLink(title, `/d/${DASHBOARDS[name].uid}?\${__url_time_range}${values.join('')}`);
}

/** Opens one panel of a dashboard full screen, with the same time range; dashboard and panel may come from what was clicked. */
export const openPanel = (title: string, uid: string, panel: string): DataLink =>
  dataLink(title, `/d/${uid}?viewPanel=${panel}&\${__url_time_range}`);

/** Grafana encodes the values that it fills in; the rest of the URL must be encoded here. */
function encodeAroundVariables(text: string): string {
  return text
    .split(/(\$\{(?:[^}"]|\\?"[^"]*")*\})/)
    .map((part, index) => (index % 2 === 0 ? encodeURIComponent(part) : part.replaceAll('\\"', '"')))
    .join('');
}

/** In the header of each dashboard: a link to the home dashboard, and a menu of all others. */
export const HEADER_LINKS = [
  new DashboardLinkBuilder(DASHBOARDS.home.title)
    .type(DashboardLinkType.Link)
    .url(`/d/${DASHBOARDS.home.uid}`)
    .icon('dashboard')
    .tooltip('A tour, and what is wrong right now')
    .keepTime(true),
  new DashboardLinkBuilder('All dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(false),
];
