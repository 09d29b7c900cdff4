import { mayBeEmpty } from '../dashboards/may-be-empty.ts';
import type { DashboardView, PanelView } from './look.ts';

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
    panel.isEmpty && !mayBeEmpty(dashboard, panel.title) && 'no data',
    panel.titleIsCut && 'title is cut',
    panel.columnsAreCut && 'columns are off screen',
    unresolved && `unresolved ${unresolved[0]}`,
    ...sharedColours(panel),
  ].filter((fault) => typeof fault === 'string');
}

const sharedColours = ({ colours }: PanelView): string[] =>
  colours.flatMap(({ name, colour }, index) => {
    const other = colours.slice(0, index).find((one) => one.colour === colour && one.name !== name);
    return other ? [`${other.name} and ${name} have the same colour`] : [];
  });
