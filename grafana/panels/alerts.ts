import { column, openPanel } from '../layout/links.ts';
import { DASHBOARDS } from '../layout/uids.ts';
import { promqlTable } from '../queries/queries.ts';
import { table } from './table.ts';

/** Since when each alert has been pending or firing, in ms. */
const SINCE = '(1000 * ALERTS * ignoring (alertstate) group_left () ALERTS_FOR_STATE)';
const withoutLinks = `${SINCE} unless on (alertname) mythical:alert_links:info`;
// One each: for five minutes after a change to the links and a restart of Mimir, there are the old ones, too.
const links = 'topk by (alertname) (1, mythical:alert_links:info)';

/**
 * `ALERTS` has an alert's labels but not its annotations, so the links come from separate series
 * (mimir/rules/anonymous/links.yaml). An alert without such a series, for example one you add, links to the runbooks.
 */
export const ALERTS_WITH_LINKS =
  `(${SINCE} * on (alertname) group_left (dashboard, panel, runbook) ${links})` +
  ` or label_replace(${withoutLinks}, "dashboard", "${DASHBOARDS.runbooks.uid}", "", "")`;

/** Pending and firing alerts, with links to the panel that shows the problem and to the runbook. */
export const alertsTable = ({ width, height }: { width: number; height: number }) =>
  table({
    title: 'Active alerts',
    description:
      'Pending and firing alerts from the rules in Mimir and Loki. Click a name for its graph or its runbook. Empty is good.',
    queries: [promqlTable(ALERTS_WITH_LINKS)],
    columns: [
      { from: 'alertstate', title: 'State', width: 65 },
      { from: 'Value', title: 'Since', unit: 'time:HH:mm:ss', width: 75 },
      {
        from: 'alertname',
        title: 'Alert',
        // The longest name.
        width: 235,
        links: [
          openPanel('Graph', column('dashboard'), column('panel')),
          openPanel('Runbook', DASHBOARDS.runbooks.uid, column('runbook')),
        ],
      },
      { from: 'severity', title: 'Severity', width: 95 },
      { from: 'service_name', title: 'Service' },
      ...['dashboard', 'panel', 'runbook'].map((label) => ({ from: label, title: label, hidden: true })),
    ],
    // A page comes before a ticket.
    sortBy: 'Severity',
    ascending: true,
    noValue: 'No pending or firing alerts',
    width,
    height,
  });
