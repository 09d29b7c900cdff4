import { column, openPanel } from '../layout/links.ts';
import { DASHBOARDS } from '../layout/uids.ts';
import { promqlTable } from '../queries/queries.ts';
import { table } from './table.ts';

const withoutLinks = 'ALERTS unless on (alertname) mythical:alert_links:info';

/**
 * `ALERTS` has the labels of an alert and not its annotations, so its links come from series made for this purpose
 * (mimir/rules/anonymous/links.yaml). An alert without such a series, such as one you add, links to the runbooks.
 */
export const ALERTS_WITH_LINKS =
  '(ALERTS * on (alertname) group_left (dashboard, panel, runbook) mythical:alert_links:info)' +
  ` or label_replace(${withoutLinks}, "dashboard", "${DASHBOARDS.runbooks.uid}", "", "")`;

/** What is pending or firing, and from there on: the panel that shows it, and what to do. */
export const alertsTable = ({ width, height }: { width: number; height: number }) =>
  table({
    title: 'Active alerts',
    description:
      'Pending and firing alerts of the rules in Mimir and Loki. Click a name for its graph or its runbook. Empty is good.',
    queries: [promqlTable(ALERTS_WITH_LINKS)],
    columns: [
      { from: 'alertstate', title: 'State', width: 80 },
      {
        from: 'alertname',
        title: 'Alert',
        links: [
          openPanel('Graph', column('dashboard'), column('panel')),
          openPanel('Runbook', DASHBOARDS.runbooks.uid, column('runbook')),
        ],
      },
      { from: 'severity', title: 'Severity', width: 80 },
      { from: 'service_name', title: 'Service', width: 150 },
      ...['dashboard', 'panel', 'runbook'].map((label) => ({ from: label, title: label, hidden: true })),
    ],
    noValue: 'No alert is pending or firing',
    width,
    height,
  });
