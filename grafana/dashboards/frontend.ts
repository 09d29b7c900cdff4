import { Milliseconds, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { CONTROL_ROOM, column, exploreLogs, exploreTraces, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { perSecond } from '../panels/look.ts';
import { bigNumber } from '../panels/number.ts';
import { spanColumns } from '../panels/span-columns.ts';
import { table } from '../panels/table.ts';
import { words } from '../panels/text.ts';
import { logql, logqlNow, promql, traceql, traceqlMetric } from '../queries/queries.ts';
import { FRONTEND, SERVER } from '../queries/signals.ts';
import { withoutQuotes } from '../queries/traces-and-logs.ts';

const lines = (kind: string) => `{service_name="${FRONTEND}", kind="${kind}"}`;

/** Core Web Vitals, and Google's limits for good and poor: https://web.dev/articles/vitals */
const VITALS = [
  { name: 'lcp', title: 'LCP', says: 'when the largest element was painted', good: 2_500, poor: 4_000 },
  { name: 'inp', title: 'INP', says: 'how long the page took to respond to a click', good: 200, poor: 500 },
  { name: 'cls', title: 'CLS', says: 'how much the layout shifted', good: 0.1, poor: 0.25 },
  { name: 'fcp', title: 'FCP', says: 'when the first content was painted', good: 1_800, poor: 3_000 },
  { name: 'ttfb', title: 'TTFB', says: 'when the first byte of the response arrived', good: 800, poor: 1_800 },
] as const;

/** The 75th percentile, which Web Vitals are assessed by. */
const vital = (name: string, window: string) =>
  `quantile_over_time(0.75, ${lines('measurement')} | logfmt ${name} | ${name} != "" | unwrap ${name} | __error__="" [${window}]) by ()`;

/** Without a visit, there is nothing to see, and nothing else says why. */
const visitHint = words({
  title: 'Where these numbers come from',
  description: 'How to make data for this dashboard.',
  width: 24,
  height: 3,
  text: `Real browsers: open the ${CONTROL_ROOM} and click around.`,
});

const vitals: Row = {
  panels: [
    visitHint,
    bigNumber({
      title: 'Visits',
      description: 'Distinct sessions in the selected time range. A session lasts as long as the user is active.',
      queries: [
        logqlNow(
          `count(sum by (session_id) (count_over_time({service_name="${FRONTEND}"} | logfmt session_id | session_id != "" [$__range])))`,
        ),
      ],
      unit: Short,
      noValue: '0',
    }),
    ...VITALS.map(({ name, title, says, good, poor }) =>
      bigNumber({
        title,
        noValue: '–',
        description: `Web Vital ${name.toUpperCase()}: ${says}. The 75th percentile in the selected time range; good up to ${good}${name === 'cls' ? '' : ' ms'}, poor above ${poor}.`,
        queries: [logqlNow(vital(name, '$__range'))],
        unit: name === 'cls' ? Short : Milliseconds,
        decimals: name === 'cls' ? 3 : 0,
        warnAt: good,
        alarmAt: poor,
      }),
    ),
  ],
};

const actions: Row = {
  title: 'User actions',
  panels: [
    graph({
      title: 'Events',
      description: 'Events that the page reports, such as session start, view change and beast added.',
      queries: [
        logql(
          `sum by (event_name) (count_over_time(${lines('event')} | logfmt event_name | event_name !~ "faro.performance.*" [$__auto]))`,
        ),
      ],
      every: '10s',
      unit: Short,
      stacked: true,
      bars: true,
      links: [
        exploreLogs(
          'These events in Loki',
          `${lines('event')} | logfmt event_name | event_name = "${label('event_name')}"`,
        ),
      ],
    }),
    graph({
      title: 'Action duration',
      description:
        'From the click until the page shows the result: server, network and browser together. The 95th percentile of each action.',
      queries: [
        logql(
          `quantile_over_time(0.95, ${lines('event')} | logfmt event_name, event_data_duration_ms | event_data_duration_ms != "" | unwrap event_data_duration_ms | __error__="" [$__auto]) by (event_name)`,
        ),
      ],
      every: '10s',
      dots: true,
      unit: Milliseconds,
      links: [exploreTraces('Requests from the browser', `{ resource.service.name = "${FRONTEND}" && kind = client }`)],
    }),
    graph({
      title: 'Web Vitals over time',
      description: 'The 75th percentile of LCP, FCP and TTFB per interval.',
      queries: ['lcp', 'fcp', 'ttfb'].map((name) => logql(vital(name, '$__auto'), { legend: name.toUpperCase() })),
      every: '10s',
      dots: true,
      unit: Milliseconds,
      links: [exploreLogs('Measurements in Loki', lines('measurement'))],
    }),
  ],
};

const failures: Row = {
  title: 'Errors',
  panels: [
    table({
      title: 'Top errors',
      description:
        'Uncaught exceptions by message, in the selected time range. The stack trace shows the source file and line if a source map is available.',
      queries: [
        logqlNow(
          // Not `logfmt type, value`: counting lines, Loki 3.7.8 stops at the first field of such a list.
          `topk(10, sum by (type, value) (count_over_time(${lines('exception')} | logfmt | ${withoutQuotes('value')} | keep type, value [$__range])))`,
        ),
      ],
      columns: [
        { from: 'type', title: 'Type', width: 120 },
        {
          from: 'value',
          title: 'Message',
          links: [
            exploreLogs(
              'Exceptions with stack traces',
              `${lines('exception')} | logfmt | ${withoutQuotes('value')} | type = "${column('Type')}" | value = "${column('Message')}"`,
            ),
          ],
        },
        { from: 'Value #A', title: 'Count', unit: Short, width: 80 },
      ],
      sortBy: 'Count',
      noValue: 'No errors in this time range',
    }),
    logLines({
      title: 'Exceptions and console logs',
      description:
        'Newest first. A line that belongs to a trace has a Trace button, which shows what the click led to.',
      queries: [logql(`{service_name="${FRONTEND}", kind=~"exception|log"}`)],
      noValue: 'No exceptions or console logs in this time range',
      height: 8,
    }),
  ],
};

const throughTheStack: Row = {
  title: 'Traces',
  panels: [
    table({
      title: 'Clicks that reached the server',
      description: 'TraceQL: browser spans with server spans below them. One click is one trace.',
      queries: [
        traceql(
          `{ resource.service.name = "${FRONTEND}" } >> { resource.service.name = "${SERVER}" && kind = server }`,
        ),
      ],
      columns: spanColumns('Show this trace'),
    }),
    graph({
      title: 'Browser spans',
      description: 'Spans per second from the page, by span name.',
      queries: [traceqlMetric(`{ resource.service.name = "${FRONTEND}" } | rate() by (name)`)],
      unit: perSecond('spans'),
      width: 6,
    }),
    graph({
      title: 'p95 by span',
      description: 'How long the browser waits. Compare it with the duration in the server.',
      queries: [
        traceqlMetric(`{ resource.service.name = "${FRONTEND}" } | quantile_over_time(duration, 0.95) by (name)`),
      ],
      nameLabel: 'name',
      unit: Seconds,
      width: 6,
    }),
    graph({
      title: 'Faro receiver',
      description: 'Events, measurements, exceptions and logs per second, as counted by Alloy’s Faro receiver.',
      queries: ['events', 'measurements', 'exceptions', 'logs'].map((kind) =>
        promql(`sum(rate(faro_receiver_${kind}_total[$__rate_interval]))`, { legend: kind, every: '15s' }),
      ),
      unit: perSecond(),
      width: 24,
      height: 6,
    }),
  ],
};

export const frontend = () =>
  dashboardOf({
    name: 'frontend',
    description:
      'What users experience in the browser: how fast the page is, what they do, what breaks, and the trace from a click to Postgres. The page sends it with Faro, and Alloy receives it.',
    rows: [vitals, actions, failures, throughTheStack],
  });
