// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import { Milliseconds, PercentUnit, RequestsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Row } from '../layout/dashboard.ts';
import { column, exploreLogs, exploreProfile, exploreTraces, LEGEND } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { heat } from '../panels/pictures.ts';
import { table } from '../panels/table.ts';
import { promql, promqlHeatmap, promqlTable } from '../queries/queries.ts';
import { OWN, SPANS } from '../queries/red.ts';
import { PROFILE_TYPES, SERIES, SERVER } from '../queries/signals.ts';

// Of the kind that was clicked, which is what the legend says: the label has another name with ENDPOINT_TYPE=BORING.
const failedTraces = exploreTraces(
  'Its failed requests in Tempo',
  `{ resource.service.name = "${SERVER}" && kind = server && status = error && span.\${word} = "${LEGEND}" }`,
);
const slowTraces = exploreTraces(
  'Its slow requests in Tempo',
  `{ resource.service.name = "${SERVER}" && kind = server && duration > 20ms && span.\${word} = "${LEGEND}" }`,
);
const errorLines = exploreLogs(
  'Its error lines in Loki',
  `{service_name="${SERVER}", level="error"} | \${word} = "${LEGEND}"`,
);
const cpuProfile = exploreProfile('CPU profile of the server', PROFILE_TYPES.cpu, `{service_name="${SERVER}"}`);

export const endpoints: Row = {
  title: 'Rate, errors, duration by endpoint',
  panels: [
    graph({
      title: 'Request rate',
      description:
        'Requests in a second, by what they are about. Source: the histogram mythical_request_times of the server.',
      queries: [promql(OWN.rate('$word'), { legend: '{{$word}}' })],
      unit: RequestsPerSecond,
      stacked: true,
      width: 8,
      height: 9,
      links: [slowTraces, cpuProfile],
    }),
    graph({
      title: 'Error rate',
      description:
        'The share of requests answered with 5xx. Click a point: the traces of failed requests of this kind, or what the server wrote about them.',
      queries: [promql(OWN.errorRatio('$word'), { legend: '{{$word}}' })],
      unit: PercentUnit,
      width: 8,
      height: 9,
      links: [failedTraces, errorLines],
    }),
    graph({
      title: 'p95 latency and exemplars',
      description:
        'One in twenty requests takes longer than the line. Each dot is an exemplar: one request that was measured. Click a dot, and then its trace.',
      queries: [promql(OWN.quantile(0.95, '$word'), { legend: '{{$word}}', exemplars: true })],
      unit: Milliseconds,
      width: 8,
      height: 9,
      links: [slowTraces, cpuProfile],
    }),
    heat({
      title: 'Latency heatmap',
      description:
        'How many requests took how long. Two bands mean two kinds of request; a percentile would show a line between them, where no request is.',
      queries: [promqlHeatmap(`sum by (le) (increase(${SERIES.requestBuckets}{$word=~"$kind"}[$__rate_interval]))`)],
      unit: Milliseconds,
      width: 12,
    }),
    table({
      title: 'Endpoints by error rate',
      description:
        'Each endpoint in the last five minutes. Click a row for the failed traces of just this endpoint, or its log lines.',
      queries: [
        promqlTable(SPANS.rate('http_method, http_target', '5m')),
        promqlTable(SPANS.errorRatio('http_method, http_target', '5m')),
        promqlTable(SPANS.quantile(0.95, 'http_method, http_target', '5m')),
      ],
      columns: [
        { from: 'http_method', title: 'Method', width: 80 },
        {
          from: 'http_target',
          title: 'Endpoint',
          links: [
            exploreTraces(
              'Its requests in Tempo, errors only',
              `{ resource.service.name = "${SERVER}" && kind = server && status = error && span.http.target = "${column('Endpoint')}" && span.http.method = "${column('Method')}" }`,
            ),
            exploreTraces(
              'Its requests in Tempo',
              `{ resource.service.name = "${SERVER}" && kind = server && span.http.target = "${column('Endpoint')}" && span.http.method = "${column('Method')}" }`,
            ),
            exploreLogs(
              'Its lines in Loki',
              // A line says endpoint=unicorn, and that of an exception http.target=/unicorn.
              `{service_name="${SERVER}"} |= "${column('Method')}" | logfmt | http_method = "${column('Method')}" | label_format target="{{ or .http_target (print \`/\` .endpoint) }}" | target = "${column('Endpoint')}"`,
            ),
          ],
        },
        { from: 'Value #A', title: 'Rate', unit: RequestsPerSecond, decimals: 2 },
        { from: 'Value #B', title: 'Errors', unit: PercentUnit, decimals: 1, warnAt: 0.05, alarmAt: 0.2 },
        { from: 'Value #C', title: 'p95', unit: Seconds, warnAt: 0.2, alarmAt: 0.5 },
      ],
      sortBy: 'Errors',
      width: 12,
    }),
  ],
};
