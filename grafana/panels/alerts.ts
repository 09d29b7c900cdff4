import { column, openPanel } from '../layout/links.ts';
import { DASHBOARDS } from '../layout/uids.ts';
import { promqlTable } from '../queries/queries.ts';
import { table } from './table.ts';

/**
 * `ALERTS` has the labels of an alert and not its annotations, so where its links lead comes from series of their own
 * (mimir/rules/anonymous/links.yaml). An alert that has none there is shown as well, without links.
 */
export const ALERTS_WITH_LINKS =
  '(ALERTS * on (alertname) group_left (dashboard, panel, runbook) mythical:alert_links:info)' +
  ' or (ALERTS unless on (alertname) mythical:alert_links:info)';

/** What is pending or firing, and from there on: the panel that shows it, and what to do. */
export const alertsTable = ({ width, height }: { width: number; height: number }) =>
  table({
    title: 'What fires, or is about to',
    description:
      'Alerts of the rules of Mimir and Loki, from the series ALERTS that their rulers write. Click the name of one for its graph, or for what to do about it. Empty is good.',
    queries: [promqlTable(ALERTS_WITH_LINKS)],
    columns: [
      { from: 'alertstate', title: 'State', width: 80 },
      {
        from: 'alertname',
        title: 'Alert',
        links: [
          openPanel('Its graph', column('dashboard'), column('panel')),
          openPanel('What to do about it', DASHBOARDS.runbooks.uid, column('runbook')),
        ],
      },
      { from: 'severity', title: 'Severity', width: 80 },
      { from: 'service_name', title: 'Service', width: 150 },
      ...['dashboard', 'panel', 'runbook'].map((label) => ({ from: label, title: label, hidden: true })),
    ],
    noValue: 'Nothing fires, and nothing is about to',
    width,
    height,
  });
