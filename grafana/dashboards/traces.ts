import { RequestsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { exploreTraces, label } from '../layout/links.ts';
import { textVariable } from '../layout/variables.ts';
import { graph } from '../panels/graph.ts';
import { perSecond } from '../panels/look.ts';
import { heat, nodeGraph, waterfall } from '../panels/pictures.ts';
import { spanColumns } from '../panels/span-columns.ts';
import { table } from '../panels/table.ts';
import { oneTrace, promql, serviceGraph, traceql, traceqlMetric } from '../queries/queries.ts';
import { RECORDER, REQUESTER, SERVER } from '../queries/signals.ts';
import { FAILED_REQUESTS, serverSpans, spansOfCall } from '../queries/traces-and-logs.ts';

const SPAN_COLUMNS = spanColumns('Show this trace below');

/** TraceQL that finds nothing. With an empty string, Grafana would look for the trace with an empty ID, which is an error. */
const NO_TRACE = '{ false }';

const find: Row = {
  title: 'Find',
  panels: [
    table({
      title: 'Failed requests',
      description: 'TraceQL: server spans with status = error. Click one to see its trace below.',
      queries: [traceql(FAILED_REQUESTS, { limit: 15 })],
      columns: SPAN_COLUMNS,
    }),
    table({
      title: 'Slow requests',
      description: 'TraceQL: server spans longer than 20 ms. Their child spans show what took the time.',
      queries: [traceql(serverSpans('duration > 20ms'), { limit: 15 })],
      columns: SPAN_COLUMNS,
    }),
    table({
      title: 'Requester → queue → recorder',
      description: 'A structural TraceQL query: `>>` means "descendant". One action is one trace, even across a queue.',
      queries: [
        traceql(
          `{ resource.service.name = "${REQUESTER}" } >> { resource.service.name = "${RECORDER}" && kind = consumer }`,
          { limit: 15 },
        ),
      ],
      columns: SPAN_COLUMNS,
    }),
    table({
      title: 'Requests that failed in Postgres',
      description:
        'TraceQL: a failed request with a failed database span as its child. The error came from the database.',
      queries: [
        traceql(`${FAILED_REQUESTS} > { span.db.system.name = "postgresql" && status = error }`, { limit: 15 }),
      ],
      columns: SPAN_COLUMNS,
    }),
  ],
};

const count: Row = {
  title: 'Count',
  panels: [
    graph({
      title: 'Spans by service',
      description: 'TraceQL: { } | rate() by (resource.service.name)',
      queries: [traceqlMetric('{ } | rate() by (resource.service.name)')],
      unit: perSecond('spans'),
      stacked: true,
      width: 12,
    }),
    heat({
      title: 'Request latency',
      description: 'TraceQL: histogram_over_time(duration). In Explore, drag over an area to compare it with the rest.',
      queries: [
        traceqlMetric(`{ resource.service.name = "${SERVER}" && kind = server } | histogram_over_time(duration)`),
      ],
      unit: Seconds,
    }),
    graph({
      title: 'Slowest spans, p95',
      description:
        'TraceQL: quantile_over_time(duration, 0.95) by span name. On purpose, the recorder is slow for unicorns and beholders.',
      queries: [traceqlMetric('{ kind != internal } | quantile_over_time(duration, 0.95) by (name)')],
      nameLabel: 'name',
      unit: Seconds,
      width: 24,
    }),
  ],
};

const map: Row = {
  title: 'Map',
  panels: [
    nodeGraph({
      title: 'Service graph',
      description: 'The service graph, which Tempo builds from pairs of spans. Click a circle for its metrics.',
      queries: [serviceGraph()],
    }),
    graph({
      title: 'Calls',
      description: 'Calls per second on each edge of the graph.',
      queries: [
        promql('sum by (client, server) (rate(traces_service_graph_request_total[$__rate_interval]))', {
          legend: '{{client}} → {{server}}',
        }),
      ],
      unit: RequestsPerSecond,
      width: 24,
      links: [exploreTraces('Spans of this call', spansOfCall(label('client'), label('server'), 'duration > 0ms'))],
    }),
    graph({
      title: 'Failed calls',
      description:
        'Failed calls per second on each edge of the graph, whichever side failed. Rows that the database rejects show up here.',
      queries: [
        promql('sum by (client, server) (rate(traces_service_graph_request_failed_total[$__rate_interval]))', {
          legend: '{{client}} → {{server}}',
        }),
      ],
      unit: RequestsPerSecond,
      width: 24,
      links: [
        exploreTraces('Failed spans of this call', spansOfCall(label('client'), label('server'), 'status = error')),
      ],
    }),
  ],
};

const one: Row = {
  title: 'One trace: click a span above',
  panels: [
    waterfall({
      title: 'Trace',
      description:
        'The waterfall of one trace: each bar is a span, below its parent. Click a span: its Links menu opens metrics for similar spans, and the log lines of this trace. In Explore, the menu has more entries: the related rows in Postgres, and the CPU profile of the service.',
      queries: [oneTrace('$trace')],
    }),
  ],
};

export const traces = () =>
  dashboardOf({
    name: 'traces',
    description:
      'Dashboards from traces alone, with no metrics defined in advance: searches, structural queries, rates and quantiles in TraceQL. Click a trace in a table to see it at the end of the page.',
    variables: [
      textVariable(
        'trace',
        'Trace',
        'ID of the trace at the end of the page. Clicking a span fills it in. { false } finds no trace',
        NO_TRACE,
      ),
    ],
    rows: [find, count, map, one],
  });
