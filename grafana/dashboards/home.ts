import { PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboardlist';
import { Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { column, exploreProfile, exploreTraces, openDashboard } from '../layout/links.ts';
import { DASHBOARDS, TAG } from '../layout/uids.ts';
import { alertsTable } from '../panels/alerts.ts';
import { bigNumber } from '../panels/number.ts';
import {
  endpointsTable,
  errorRate,
  errorRateByVersion,
  latency,
  p95,
  requestRate,
  scenarioBands,
} from '../panels/requests.ts';
import { words } from '../panels/text.ts';
import { promql } from '../queries/queries.ts';
import { PROFILE_TYPES, SERIES, SERVER } from '../queries/signals.ts';
import { serverSpans } from '../queries/traces-and-logs.ts';

const to = (name: keyof typeof DASHBOARDS) => `/d/${DASHBOARDS[name].uid}`;

const summary: Row = {
  panels: [
    requestRate({
      description: 'Requests per second that the server answers.',
      links: [openDashboard('Rate, errors, duration', 'overview')],
    }),
    errorRate({
      description: 'The share of requests answered with 5xx. About 3 % is normal here; above 10 % something is wrong.',
      links: [openDashboard('Which endpoint fails?', 'errors')],
    }),
    p95({
      description: 'The 95th percentile of request duration.',
      links: [openDashboard('What is slow?', 'overview')],
    }),
    bigNumber({
      title: 'Down',
      description: 'Targets that do not respond to Alloy’s scrapes.',
      queries: [promql('count(up == 0) or vector(0)', { every: '15s' })],
      unit: Short,
      alarmAt: 1,
      links: [openDashboard('Which?', 'stack')],
    }),
    bigNumber({
      title: 'Alerts',
      description: 'Firing alerts, from the rules in Mimir and Loki.',
      queries: [promql('count(ALERTS{alertstate="firing"}) or vector(0)', { every: '15s' })],
      unit: Short,
      warnAt: 1,
      links: [openDashboard('Objectives and alerts', 'slo')],
    }),
    bigNumber({
      title: 'Faults',
      description: 'Faults that are switched on.',
      queries: [promql(`sum(${SERIES.scenarioActive})`)],
      unit: Short,
      warnAt: 1,
      links: [openDashboard('Which ones, and where they show', 'scenarios')],
    }),
  ],
};

const tour: Row = {
  panels: [
    words({
      title: 'From an alert to the code',
      description: 'A tour: how to follow a problem through all signals.',
      width: 24,
      height: 9,
      text: `
The sandbox runs a small application: a requester generates traffic, a server answers it from Postgres, and a recorder consumes messages from a queue. One in ten POSTs fails **on purpose**. Find out why:

1. **Alert → metric.** Click an alert in *Active alerts*, then *Graph*. No alert is firing? Click the error rate above: [${DASHBOARDS.errors.title}](${to('errors')}) shows *which* endpoint fails, and in which **version**.
2. **Metric → trace.** The dots on a graph are *exemplars*: each is one real request. Hover over one and click *Trace of this request*. ([${DASHBOARDS.errors.title}](${to('errors')}) has dots for failed requests, [${DASHBOARDS.overview.title}](${to('overview')}) for all requests.)
3. **Trace → logs.** In the waterfall, click the red span: it is the one that failed. In its details, open **Links**, then *Logs for this trace*: the message, the stack, *file and line*.
4. **Trace → flame graph.** Is a span slow rather than red? The details of the server’s \`POST /:beast\` span end with a **Flame graph**: which function used the time?

To break something yourself: [${DASHBOARDS.scenarios.title}](${to('scenarios')}). To see how it affects users: [${DASHBOARDS.slo.title}](${to('slo')}), [${DASHBOARDS.frontend.title}](${to('frontend')}).
`,
    }),
    alertsTable({ width: 16, height: 8 }),
    errorRateByVersion({
      description:
        'The share of failed requests in each server version. One version is worse: click it for its failed traces.',
      width: 8,
    }),
    latency({
      title: 'p95 latency and exemplars',
      description:
        'One in twenty requests takes longer than the line. Each dot is one real request: click it to open its trace.',
      width: 12,
      links: [
        exploreTraces('Slow requests in Tempo', serverSpans('duration > 20ms')),
        exploreProfile('CPU profile of the server', PROFILE_TYPES.cpu, `{service_name="${SERVER}"}`),
      ],
    }),
    endpointsTable({
      description: 'Each endpoint over the last five minutes. Click one for its failed requests.',
      columns: [
        {
          from: 'http_target',
          title: 'Endpoint',
          links: [
            exploreTraces(
              'Failed requests of this endpoint in Tempo',
              serverSpans('status = error', `span.http.target = "${column('Endpoint')}"`),
            ),
          ],
        },
      ],
    }),
  ],
};

const more: Row = {
  panels: [
    scenarioBands({
      description: 'Which fault was switched on, and when. Every graph also shows it as a shaded region.',
      links: [openDashboard('What it does, and where it shows', 'scenarios')],
    }),
    new PanelBuilder()
      .title('All dashboards')
      .description(
        'Each dashboard covers one area: the application, its users, its infrastructure, or the observability stack.',
      )
      .span(12)
      .height(8)
      .showStarred(false)
      .showRecentlyViewed(false)
      .showSearch(true)
      .showHeadings(false)
      .tags([TAG])
      .maxItems(20),
  ],
};

export const home = () =>
  dashboardOf({
    name: 'home',
    description:
      'Is something wrong, and what? The state of the sandbox at a glance, and how to get from there to the line of code in four clicks.',
    rows: [summary, tour, more],
  });
