import { Milliseconds, PercentUnit, RequestsPerSecond } from '@grafana/grafana-foundation-sdk/units';
import type { Row } from '../layout/dashboard.ts';
import { column, exploreLogs, exploreProfile, exploreTraces, LEGEND } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { heat } from '../panels/pictures.ts';
import { endpointsTable } from '../panels/requests.ts';
import { promql, promqlHeatmap } from '../queries/queries.ts';
import { OWN } from '../queries/red.ts';
import { PROFILE_TYPES, SERIES, SERVER } from '../queries/signals.ts';
import { serverSpans } from '../queries/traces-and-logs.ts';

// For the kind that was clicked, taken from the legend because the label has another name with ENDPOINT_TYPE=BORING.
const failedTraces = exploreTraces(
  'Failed requests of this kind in Tempo',
  serverSpans('status = error', `span.\${word} = "${LEGEND}"`),
);
const slowTraces = exploreTraces(
  'Slow requests of this kind in Tempo',
  serverSpans('duration > 20ms', `span.\${word} = "${LEGEND}"`),
);
const errorLines = exploreLogs(
  'Error lines of this kind in Loki',
  `{service_name="${SERVER}", level="error"} | \${word} = "${LEGEND}"`,
);
const cpuProfile = exploreProfile('CPU profile of the server', PROFILE_TYPES.cpu, `{service_name="${SERVER}"}`);

export const endpoints: Row = {
  title: 'Rate, errors, duration by endpoint',
  panels: [
    graph({
      title: 'Request rate',
      description: 'Requests per second by kind, from the server’s histogram mythical_request_times.',
      queries: [promql(OWN.rate('$word'))],
      unit: RequestsPerSecond,
      stacked: true,
      height: 9,
      links: [slowTraces, cpuProfile],
    }),
    graph({
      title: 'Error rate',
      description:
        'The share of requests answered with 5xx. Click a point for the traces or the log lines of the failed requests of its kind.',
      queries: [promql(OWN.errorRatio('$word'))],
      unit: PercentUnit,
      height: 9,
      links: [failedTraces, errorLines],
    }),
    graph({
      title: 'p95 latency and exemplars',
      description:
        'One in twenty requests takes longer than the line. Each dot is an exemplar, one measured request: click it to open its trace.',
      queries: [promql(OWN.quantile(0.95, '$word'), { exemplars: true })],
      unit: Milliseconds,
      height: 9,
      links: [slowTraces, cpuProfile],
    }),
    heat({
      title: 'Latency heatmap',
      description:
        'The distribution of request duration. Two bands mean two populations of requests; a percentile would draw a line between them, where there are no requests.',
      queries: [promqlHeatmap(`sum by (le) (increase(${SERIES.requestBuckets}{$word=~"$kind"}[$__rate_interval]))`)],
      unit: Milliseconds,
    }),
    endpointsTable({
      description:
        'Each endpoint over the last five minutes. Click a row for the failed traces or the log lines of that endpoint.',
      columns: [
        { from: 'http_method', title: 'Method', width: 80 },
        {
          from: 'http_target',
          title: 'Endpoint',
          links: [
            exploreTraces(
              'Failed requests of this endpoint in Tempo',
              serverSpans(
                'status = error',
                `span.http.target = "${column('Endpoint')}"`,
                `span.http.method = "${column('Method')}"`,
              ),
            ),
            exploreTraces(
              'Requests of this endpoint in Tempo',
              serverSpans(`span.http.target = "${column('Endpoint')}"`, `span.http.method = "${column('Method')}"`),
            ),
            exploreLogs(
              'Log lines of this endpoint in Loki',
              // Request lines have endpoint=unicorn, exception lines http.target=/unicorn.
              `{service_name="${SERVER}"} |= "${column('Method')}" | logfmt | http_method = "${column('Method')}" | label_format target="{{ or .http_target (print \`/\` .endpoint) }}" | target = "${column('Endpoint')}"`,
            ),
          ],
        },
      ],
    }),
  ],
};
