import type { Dashboard, Link, Panel } from '../../../grafana/model/dashboards/read.ts';
import { fill } from '../../../grafana/model/dashboards/variables.ts';
import { needs } from '../stack/addresses.ts';
import type { Collector } from '../stack/collector.ts';
import { needsAlloy } from './only-with-alloy.ts';

/** A pattern in a query or a link that shows that its data comes from this component. */
const SIGNS: readonly [component: string, sign: RegExp][] = [
  ['k6', /k6_|service_name=\\*"k6/],
  // Host metrics.
  ['node', /\bnode_/],
  // Services count the lines that they push to Loki (LOGS_TARGET).
  ['push', /mythical_log_lines_/],
  ['beyla', /beyla-/],
  ['faro', /mythical-frontend|faro/],
  // Tempo also generates metrics, and without it, spans are not accepted.
  [
    'tempo',
    /"(uid|datasource)\\*":\\*"tempo|tempo_|exporter_(sent|send_failed|enqueue_failed)_spans|traces_(spanmetrics|service_graph)/,
  ],
  ['pyroscope', /"(uid|datasource)\\*":\\*"pyroscope|pyroscope_/],
];

/** Components that provide data for this panel only. */
export function componentsOf({ templating }: Dashboard, parts: unknown): string[] {
  const text = fill(
    JSON.stringify(parts),
    (name) => [templating.list.find((one) => one.name === name)?.current.value ?? name].flat()[0],
  )
    .replaceAll('%22', '"')
    .replaceAll('%3A', ':');
  return SIGNS.filter(([, sign]) => sign.test(text)).map(([component]) => component);
}

/** Test options for this panel, or for one of its links. */
export function optionsOf(
  collector: Collector,
  name: string,
  dashboard: Dashboard,
  panel: Panel,
  parts: unknown,
  link?: Link,
): { skip: string | false } {
  if (collector !== 'alloy' && needsAlloy(name, panel.title, link?.title)) return { skip: 'alloy only' };
  // A panel can't be opened without the values of the dashboard's variables.
  const variables = dashboard.templating.list.filter(({ type }) => type === 'query');
  return needs(...componentsOf(dashboard, [parts, variables]));
}
