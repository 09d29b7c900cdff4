import { PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf } from '../layout/dashboard.ts';
import { exploreTraces, openDashboard } from '../layout/links.ts';
import { alertsTable } from '../panels/alerts.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { bigNumber } from '../panels/number.ts';
import { words } from '../panels/text.ts';
import {
  allEvents,
  BURN_ALERTS,
  badRatio,
  budgetLeft,
  burnRate,
  FAST_MS,
  goodEvents,
  LEAST_EVENTS,
  OBJECTIVES,
  type Objective,
  TARGET,
} from '../queries/objectives.ts';
import { logql, promql, promqlNow } from '../queries/queries.ts';
import { RECORDER, SERIES } from '../queries/signals.ts';
import { serverSpans } from '../queries/traces-and-logs.ts';

const [FAST, STEADY, SLOW] = BURN_ALERTS;
const BUDGET = Number((1 - TARGET).toFixed(6));

const LINKS: Record<Objective['slo'], ReturnType<typeof openDashboard>[]> = {
  availability: [
    openDashboard('Which endpoint fails?', 'errors'),
    exploreTraces('Failed requests in Tempo', serverSpans('status = error')),
  ],
  latency: [
    openDashboard('What is slow?', 'overview'),
    exploreTraces(`Requests over ${FAST_MS} ms in Tempo`, serverSpans(`duration > ${FAST_MS}ms`)),
  ],
  freshness: [
    openDashboard('Queue: publishers and backlog', 'infrastructure'),
    exploreTraces('Messages in Tempo', `{ resource.service.name = "${RECORDER}" && kind = consumer }`),
  ],
};

export const slo = () =>
  dashboardOf({
    name: 'slo',
    aboutAlerts: true,
    description:
      'The application’s objectives, whether it meets them, and how fast it burns its error budgets: the numbers behind the alerts.',
    rows: [
      {
        title: 'Alerts',
        panels: [
          alertsTable({ width: 16, height: 9 }),
          logLines({
            title: 'Notification log',
            description:
              'Each alert that started or ended, from the log of the service that receives notifications. A pager would show the same.',
            queries: [
              logql(
                `{service_name="${RECORDER}"} |= "msg=\\"alert " | logfmt alertname, status, severity, summary | line_format "{{.status}}: {{.alertname}} ({{.severity}}): {{.summary}}"`,
              ),
            ],
            noValue: 'No notifications in this time range',
            width: 8,
            height: 9,
          }),
          words({
            title: 'About burn rates',
            description: 'An explanation of burn rate alerts.',
            width: 24,
            height: 7,
            text: `
The **error budget** is the share of requests or messages that may go wrong in a day: ${Math.round(BUDGET * 100)} %. A **burn rate** of 1 uses it up exactly by the end of the day; a burn rate of ${FAST.rate} uses one percent of it in five minutes.

An alert checks two windows at once. The long window shows that the problem is *worth* a page; the short one that it is *still* going on, so that the alert clears soon after the fault. A page fires at ${FAST.rate} over ${FAST.short} and ${FAST.long}, or at ${STEADY.rate} over ${STEADY.short} and ${STEADY.long}; a ticket at ${SLOW.rate} over ${SLOW.short} and ${SLOW.long}. The long window also needs at least ${LEAST_EVENTS} requests or messages: with only a few clicks, a single failure is a large share. How these values were chosen: \`mimir/rules/anonymous/objectives.yaml\`.

What to do about each alert: [runbooks](/d/mythical-runbooks). Try it: [switch on](/d/mythical-scenarios) \`error-burst\` for five minutes and watch the lines cross.
`,
          }),
        ],
      },
      ...OBJECTIVES.map((objective) => ({
        title: `${objective.name}: ${objective.promise}`,
        panels: panelsOf(objective),
      })),
      {
        title: 'Behind the objectives',
        panels: [
          graph({
            title: 'Recording delay',
            description:
              'The time messages spend in the queue and the recorder. Each dot is one message: click it to open its trace, which starts at the request.',
            queries: [0.99, 0.5].map((q) =>
              promql(
                `histogram_quantile(${q}, sum by (le) (rate(${SERIES.recordingDelayBuckets}[$__rate_interval])))`,
                { legend: q === 0.5 ? 'median' : '99th percentile', exemplars: q !== 0.5 },
              ),
            ),
            unit: Seconds,
            width: 12,
            links: LINKS.freshness,
          }),
          graph({
            title: 'Notifications',
            description:
              'Delivered notifications, by severity and by whether the alert started or ended. They show that the whole path works, from the rule through the Alertmanager.',
            queries: [promql(`sum by (severity, status) (increase(${SERIES.notifications}[1m]))`)],
            unit: Short,
            bars: true,
            every: '1m',
            softMax: 5,
            width: 12,
            links: [openDashboard('Runbooks', 'runbooks')],
          }),
        ],
      },
    ],
  });

const panelsOf = (objective: Objective) => [...numbersOf(objective), ...graphsOf(objective)];

function numbersOf(objective: Objective) {
  const what = objective.events.toLowerCase();
  return [
    bigNumber({
      title: 'Now',
      description: `Good ${what} in the last five minutes. Objective: ${objective.promise}.`,
      queries: [promql(`1 - ${badRatio(objective, '5m')}`)],
      unit: PercentUnit,
      decimals: 2,
      alarmBelow: TARGET,
      links: LINKS[objective.slo],
    }),
    bigNumber({
      title: 'In range',
      description: `Good ${what} in the selected time range. Objective: ${objective.promise}.`,
      queries: [promqlNow(`${goodEvents(objective)} / (${allEvents(objective)} > 0)`)],
      unit: PercentUnit,
      decimals: 2,
      alarmBelow: TARGET,
    }),
    bigNumber({
      title: 'Budget',
      description:
        'The share of a day’s error budget that is left, over the last day or since the sandbox started. Below zero, the objective is missed.',
      queries: [promqlNow(budgetLeft(objective))],
      unit: PercentUnit,
      decimals: 0,
      alarmBelow: 0,
    }),
    bigNumber({
      title: 'Burn',
      description: `How fast the budget was used up in the last ${FAST.long}. At 1, it lasts exactly a day; at ${FAST.rate} or more, an alert pages someone.`,
      queries: [promqlNow(burnRate(objective, FAST.long))],
      unit: Short,
      decimals: 2,
      warnAt: SLOW.rate,
      alarmAt: FAST.rate,
    }),
    bigNumber({
      title: 'Bad',
      description: `${objective.events} that ${objective.bad}, in the selected time range.`,
      queries: [promqlNow(`${allEvents(objective)} - ${goodEvents(objective)}`)],
      unit: Short,
      decimals: 0,
    }),
    bigNumber({
      title: 'All',
      description: `All ${what} in the selected time range: the total behind the percentages.`,
      queries: [promqlNow(allEvents(objective))],
      unit: Short,
      decimals: 0,
    }),
  ];
}

function graphsOf(objective: Objective) {
  const links = LINKS[objective.slo];
  const what = objective.events.toLowerCase();
  return [
    graph({
      title: `${objective.name}: share of bad ${what}`,
      description: `${objective.events} that ${objective.bad}, over one minute and over five, and the share that the objective allows (dashed).`,
      queries: [FAST.short, FAST.long].map((window) => promql(badRatio(objective, window), { legend: window })),
      unit: PercentUnit,
      alarmAt: BUDGET,
      width: 12,
      height: 7,
      links,
    }),
    graph({
      title: `${objective.name}: burn rate`,
      description: `The burn rate in each alert window: a page fires at ${FAST.rate} in both ${FAST.short} and ${FAST.long}, or at ${STEADY.rate} in both ${STEADY.short} and ${STEADY.long}; a ticket at ${SLOW.rate} in both ${SLOW.short} and ${SLOW.long}.`,
      queries: BURN_ALERTS.flatMap(({ short, long }) => [short, long]).map((window) =>
        promql(burnRate(objective, window), { legend: window }),
      ),
      unit: Short,
      softMax: 1,
      decimals: 2,
      warnAt: SLOW.rate,
      alarmAt: FAST.rate,
      width: 12,
      height: 7,
      links,
    }),
  ];
}
