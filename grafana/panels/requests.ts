import { Milliseconds, PercentUnit, RequestsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import { type DataLink, exploreTraces, label } from '../layout/links.ts';
import { promql, promqlTable } from '../queries/queries.ts';
import { ALL, SPANS } from '../queries/red.ts';
import { serverSpans } from '../queries/traces-and-logs.ts';
import { graph } from './graph.ts';
import { bigNumber } from './number.ts';
import { type Column, table } from './table.ts';

// Panels about all requests of the server, which several dashboards have.

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
