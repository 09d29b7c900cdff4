import { mayBeEmpty } from '../dashboards/may-be-empty.ts';
import type { DashboardView, PanelView } from './look.ts';

/** Shows a trace once someone has clicked one. */
const EMPTY_UNTIL_CLICKED = { dashboard: 'traces', title: 'Trace' };

/** The node graph's own names, for what its nodes show. */
const OF_NODES = ['Average response time', 'Requests per second'];

/**
 * What is wrong with the view of a dashboard.
 *
 * @param expected its panels; titles with variables are not compared
 */
export function faultsOf(
  { panels, consoleErrors }: DashboardView,
  expected: readonly { title: string }[],
  dashboard: string,
): string[] {
  const shown = panels.map(({ title }) => title);
  const missing = expected.map(({ title }) => title).filter((title) => !title.includes('$') && !shown.includes(title));
  return [
    ...consoleErrors.map((text) => `console: ${text.slice(0, 200)}`),
    ...missing.map((title) => `${title}: not shown`),
    ...panels.flatMap((panel) => faultsOfPanel(panel, dashboard).map((fault) => `${panel.title}: ${fault}`)),
  ];
}

function faultsOfPanel(panel: PanelView, dashboard: string): string[] {
  const unresolved = /\$\{[^}]*\}|\$__\w+/.exec(panel.text);
  return [
    panel.failed && 'error',
    panel.isLoading && 'still loading',
    panel.isEmpty && !emptyIsFine(dashboard, panel.title) && 'no data',
    panel.titleIsCut && 'title is cut',
    panel.columnsAreCut && 'columns are off screen, or their titles cut',
    panel.legendIsCut && 'legend is cut',
    unresolved && `unresolved ${unresolved[0]}`,
    ...sharedColours(panel),
  ].filter((fault) => typeof fault === 'string');
}

const emptyIsFine = (dashboard: string, title: string): boolean =>
  mayBeEmpty(dashboard, title) || (dashboard === EMPTY_UNTIL_CLICKED.dashboard && title === EMPTY_UNTIL_CLICKED.title);

const sharedColours = ({ colours }: PanelView): string[] =>
  colours.flatMap(({ name, colour }, index) => {
    const other = colours
      .slice(0, index)
      .find((one) => one.colour === colour && one.name !== name && !OF_NODES.includes(name));
    return other ? [`${other.name} and ${name} have the same colour`] : [];
  });
