import { Milliseconds, PercentUnit, RequestsPerSecond, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { type DataLink, exploreTraces, label } from '../layout/links.ts';
import { promql, promqlTable } from '../queries/queries.ts';
import { ALL, SPANS } from '../queries/red.ts';
import { SERIES } from '../queries/signals.ts';
import { serverSpans } from '../queries/traces-and-logs.ts';
import { graph } from './graph.ts';
import { bigNumber } from './number.ts';
import { bands } from './pictures.ts';
import { type Column, table } from './table.ts';

// Panels that several dashboards have: about all requests of the server, and about scenarios.

type Shown = { title?: string; description: string; width?: number; links?: DataLink[] };

export const requestRate = (shown: Shown) =>
  bigNumber({
    title: 'Rate',
    queries: [promql(ALL.rate)],
    unit: RequestsPerSecond,
    decimals: 1,
    ...shown,
  });

export const errorRate = (shown: Shown) =>
  bigNumber({
    title: 'Errors',
    queries: [promql(ALL.errorRatio)],
    unit: PercentUnit,
    decimals: 1,
    warnAt: 0.06,
    alarmAt: 0.1,
    ...shown,
  });

export const p95 = (shown: Shown) =>
  bigNumber({
    title: 'p95',
    queries: [promql(ALL.quantile(0.95))],
    unit: Milliseconds,
    warnAt: 200,
    alarmAt: 500,
    ...shown,
  });

/** The median, and the 95th percentile with dots for requests. */
export const latency = ({ title, ...shown }: Shown & { title: string }) =>
  graph({
    title,
    queries: [
      promql(ALL.quantile(0.95), { legend: '95th percentile', exemplars: true }),
      promql(ALL.quantile(0.5), { legend: 'median' }),
    ],
    unit: Milliseconds,
    ...shown,
  });

/** Which fault was on, and when. */
export const scenarioBands = (shown: Shown & { height?: number }) =>
  bands({
    title: 'Scenarios',
    queries: [promql(SERIES.scenarioActive, { legend: '{{scenario}}' })],
    unit: Short,
    states: { '0': { text: 'off', color: 'transparent' }, '1': { text: 'on', color: 'orange' } },
    ...shown,
  });

export const errorRateByVersion = (shown: Shown) =>
  graph({
    title: 'Error rate by version',
    queries: [promql(SPANS.errorRatio('service_version'))],
    unit: PercentUnit,
    links: [
      exploreTraces(
        'Failed requests of this version',
        serverSpans('status = error', `span.service.version = "${label('service_version')}"`),
      ),
    ],
    ...shown,
  });

/** Rate, errors and duration of the last five minutes for each combination of these labels, which have a column each. */
export const endpointsTable = ({ columns, ...shown }: Shown & { columns: Column[] }) => {
  const by = columns.map(({ from }) => from).join(', ');
  return table({
    title: 'Endpoints, last 5 minutes',
    queries: [
      promqlTable(SPANS.rate(by, '5m')),
      promqlTable(SPANS.errorRatio(by, '5m')),
      promqlTable(SPANS.quantile(0.95, by, '5m')),
    ],
    columns: [
      ...columns,
      { from: 'Value #A', title: 'Rate', unit: RequestsPerSecond, decimals: 2 },
      { from: 'Value #B', title: 'Errors', unit: PercentUnit, decimals: 1, warnAt: 0.05, alarmAt: 0.2 },
      { from: 'Value #C', title: 'p95', unit: Seconds, warnAt: 0.2, alarmAt: 0.5 },
    ],
    sortBy: 'Errors',
    ...shown,
  });
};
