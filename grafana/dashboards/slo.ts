import { PercentUnit, Short } from '@grafana/grafana-foundation-sdk/units';
import { graph } from './panels/graph.ts';
import { bigNumber } from './panels/number.ts';
import { table } from './panels/table.ts';
import { words } from './panels/text.ts';
import { dashboardOf } from './parts/layout.ts';
import { exploreTraces, openDashboard } from './parts/links.ts';
import { badRatio, budgetLeft, burnRate, FAST_MS, OBJECTIVES, type Objective } from './parts/objectives.ts';
import { promql, promqlNow, promqlTable } from './parts/queries.ts';
import { SERVER } from './parts/signals.ts';

/** A page at this rate in the short and the long window, a ticket at the lower one: the pairs of the SRE workbook. */
const FAST_BURN = 14.4;
const SLOW_BURN = 6;

const LINKS = {
  Availability: [
    openDashboard('Which endpoint fails?', 'errors'),
    exploreTraces(
      'Failed requests in Tempo',
      `{ resource.service.name = "${SERVER}" && kind = server && status = error }`,
    ),
  ],
  Latency: [
    openDashboard('What is slow?', 'overview'),
    exploreTraces(
      'The slowest requests in Tempo',
      `{ resource.service.name = "${SERVER}" && kind = server && duration > 20ms }`,
    ),
  ],
} as Record<string, ReturnType<typeof openDashboard>[]>;

export const slo = () =>
  dashboardOf({
    name: 'slo',
    description:
      'What the server promises, whether it keeps it, and how fast its error budget burns: the numbers that alerts are made of.',
    rows: [
      ...OBJECTIVES.map((objective) => ({
        title: `${objective.name}: ${objective.promise}`,
        panels: panelsOf(objective),
      })),
      {
        title: 'Alerts',
        panels: [
          table({
            title: 'What fires, or is about to',
            description:
              'The series ALERTS, which Mimir writes for each alerting rule that is pending or firing. Empty is good.',
            queries: [promqlTable('ALERTS')],
            columns: [
              { from: 'alertstate', title: 'State', width: 100 },
              { from: 'alertname', title: 'Alert' },
              { from: 'severity', title: 'Severity', width: 100 },
              { from: 'service_name', title: 'Service', width: 180 },
            ],
            width: 14,
            height: 7,
          }),
          words({
            title: 'Burn rates, and why two windows',
            description: 'An explanation of alerts by burn rate.',
            width: 10,
            height: 7,
            text: `
The **error budget** is what the objective allows to go wrong. A **burn rate** of 1 uses it up exactly at the end of the period; of ${FAST_BURN}, thirty days of it in two.

An alert asks two windows at once. The long one says that it is *worth* waking somebody; the short one that it is *still* going on, so that the alert ends soon after the fault. Page at ${FAST_BURN} over 5 m and 1 h; open a ticket at ${SLOW_BURN} over 30 m and 6 h.

Try it: [switch on](/d/mythical-scenarios) \`error-burst\` for five minutes and watch the lines cross.
`,
          }),
        ],
      },
    ],
  });

function panelsOf(objective: Objective) {
  const links = LINKS[objective.name] ?? [];
  return [
    bigNumber({
      title: `${objective.name} now`,
      description: `Good requests in the last five minutes. Promised: ${objective.promise}.`,
      queries: [promql(`1 - (${badRatio(objective, '5m')})`)],
      unit: PercentUnit,
      decimals: 2,
      alarmBelow: objective.target,
      width: 4,
      links,
    }),
    bigNumber({
      title: 'In the chosen time',
      description: `Good requests in the time range at the top. Promised: ${objective.promise}.`,
      queries: [promqlNow(`1 - (${badRatio(objective, '$__range')})`)],
      unit: PercentUnit,
      decimals: 2,
      alarmBelow: objective.target,
      plain: true,
      width: 4,
    }),
    bigNumber({
      title: 'Budget left',
      description:
        'How much of what may go wrong in the chosen time has not gone wrong yet. Below zero the promise is broken.',
      queries: [promqlNow(budgetLeft(objective, '$__range'))],
      unit: PercentUnit,
      decimals: 0,
      alarmBelow: 0,
      plain: true,
      width: 4,
    }),
    bigNumber({
      title: 'Burn rate, 1 h',
      description: `How fast the budget is used up. 1 is just what the objective allows; from ${FAST_BURN} on somebody should be called.`,
      queries: [promqlNow(burnRate(objective, '1h'))],
      unit: Short,
      decimals: 2,
      warnAt: SLOW_BURN,
      alarmAt: FAST_BURN,
      plain: true,
      width: 4,
    }),
    bigNumber({
      title: 'Bad requests',
      description:
        objective.name === 'Latency'
          ? `Requests in the chosen time that took longer than ${FAST_MS} ms.`
          : 'Requests in the chosen time that failed.',
      queries: [promqlNow(`sum(increase(${objective.all}[$__range])) - sum(increase(${objective.good}[$__range]))`)],
      unit: Short,
      decimals: 0,
      plain: true,
      width: 4,
    }),
    bigNumber({
      title: 'Requests',
      description: 'All requests in the chosen time: what the shares are shares of.',
      queries: [promqlNow(`sum(increase(${objective.all}[$__range]))`)],
      unit: Short,
      decimals: 0,
      plain: true,
      width: 4,
    }),
    graph({
      title: `${objective.name}: share of bad requests`,
      description: 'Over five minutes, and what the objective allows (dashed).',
      queries: [promql(badRatio(objective, '5m'), { legend: 'bad, 5 m' })],
      unit: PercentUnit,
      alarmAt: Number((1 - objective.target).toFixed(6)),
      width: 12,
      height: 7,
      links,
    }),
    graph({
      title: `${objective.name}: burn rate`,
      description: `The budget's speed in four windows. A page at ${FAST_BURN} in both 5 m and 1 h; a ticket at ${SLOW_BURN} in both 30 m and 6 h.`,
      queries: ['5m', '30m', '1h', '6h'].map((window) => promql(burnRate(objective, window), { legend: window })),
      unit: Short,
      decimals: 1,
      warnAt: SLOW_BURN,
      alarmAt: FAST_BURN,
      width: 12,
      height: 7,
      links,
    }),
  ];
}
