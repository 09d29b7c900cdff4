import { PercentUnit, RequestsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { exploreTraces, label } from '../layout/links.ts';
import { choiceVariable } from '../layout/variables.ts';
import { graph } from '../panels/graph.ts';
import { spanColumns } from '../panels/span-columns.ts';
import { table } from '../panels/table.ts';
import { words } from '../panels/text.ts';
import { promql, traceql } from '../queries/queries.ts';
import { SPANS } from '../queries/red.ts';
import { beylaOf, SERVER, SERVICE_NAMES } from '../queries/signals.ts';
import { serverSpans } from '../queries/traces-and-logs.ts';

const SEEN = `service_name="${beylaOf(SERVER)}", http_route="/:beast"`;
const COUNT = `http_server_request_duration_seconds_count{${SEEN}}`;

const beylaTraces = exploreTraces(
  'Spans from Beyla for this method',
  `{ resource.service.name = "${beylaOf(SERVER)}" && kind = server && span.http.request.method = "${label('http_request_method')}" }`,
);
const ownTraces = exploreTraces(
  'Spans from the SDK for this method',
  serverSpans(`span.http.method = "${label('http_method')}"`),
);

const summary: Row = {
  panels: [
    words({
      title: 'One request, seen two ways',
      description: 'What eBPF and the SDK each can and can’t see.',
      width: 24,
      height: 6,
      text: `
**Left: Beyla.** It attaches eBPF programs to socket functions in the kernel, so it works for any language with no code changes, and its durations include the time a request waits before the program accepts it. It sees only method, path, status and duration.

**Right: the SDK, inside the program.** Its spans carry what the request is about (\`beast\`), which version handled it and what happened along the way, and it propagates the trace through the queue.

**Nothing on the left?** Beyla is off by default. It needs a Linux kernel with BTF: set \`COMPOSE_PROFILES=beyla\` in \`.env\`.
`,
    }),
    graph({
      title: 'Beyla: request rate',
      description: 'API requests per second, as the kernel sees them.',
      queries: [promql(`sum by (http_request_method) (rate(${COUNT}[$__rate_interval]))`)],
      unit: RequestsPerSecond,
      stacked: true,
      width: 12,
      height: 7,
      links: [beylaTraces],
    }),
    graph({
      title: 'SDK: request rate',
      description: 'The same requests, counted from the server’s own spans.',
      queries: [promql(SPANS.rate('http_method'))],
      unit: RequestsPerSecond,
      stacked: true,
      width: 12,
      height: 7,
      links: [ownTraces],
    }),
    graph({
      title: 'Beyla: error rate',
      description: 'The share of 5xx responses. The status code is on the wire, so Beyla sees it.',
      queries: [
        promql(
          `(sum by (http_request_method) (rate(http_server_request_duration_seconds_count{${SEEN}, http_response_status_code=~"5.."}[$__rate_interval])) or 0 * sum by (http_request_method) (rate(${COUNT}[$__rate_interval]))) / sum by (http_request_method) (rate(${COUNT}[$__rate_interval]))`,
        ),
      ],
      unit: PercentUnit,
      width: 12,
      height: 7,
      links: [beylaTraces],
    }),
    graph({
      title: 'SDK: error rate',
      description:
        'The same share, from span status. These spans also carry the version, so they show which one failed.',
      queries: [promql(SPANS.errorRatio('http_method'))],
      unit: PercentUnit,
      width: 12,
      height: 7,
      links: [ownTraces],
    }),
    graph({
      title: 'Beyla: p95 latency',
      description:
        'Measured from the moment the request arrives at the socket. With cpu-burn, this includes the time the request waits for the event loop.',
      queries: [
        promql(
          `histogram_quantile(0.95, sum by (le, http_request_method) (rate(http_server_request_duration_seconds_bucket{${SEEN}}[$__rate_interval])))`,
          { exemplars: true },
        ),
      ],
      unit: Seconds,
      width: 12,
      height: 7,
      links: [beylaTraces],
    }),
    graph({
      title: 'SDK: p95 latency',
      description: 'Measured from the moment the program starts handling the request.',
      queries: [promql(SPANS.quantile(0.95, 'http_method'), { exemplars: true })],
      unit: Seconds,
      width: 12,
      height: 7,
      links: [ownTraces],
    }),
  ],
};

const seen: Row = {
  title: 'Beyla on $seen',
  panels: [
    graph({
      title: 'Requests by route',
      description: 'Request rate of each route of the selected service.',
      queries: [
        promql(
          'sum by (http_route) (rate(http_server_request_duration_seconds_count{service_name="$seen"}[$__rate_interval]))',
        ),
      ],
      unit: RequestsPerSecond,
      width: 12,
    }),
    table({
      title: 'Spans from Beyla',
      description:
        'Spans created without any code in the program. Each one is a separate trace, because Beyla does not change request headers here.',
      queries: [traceql('{ resource.service.name = "$seen" }')],
      columns: spanColumns('Show this trace'),
    }),
  ],
};

export const beyla = () =>
  dashboardOf({
    name: 'beyla',
    description:
      'The same requests seen twice: from the kernel, by Beyla with eBPF and no change to the program, and from inside, by the OpenTelemetry SDK. Where they agree, you don’t need instrumentation in code; where they differ, you see what it adds.',
    variables: [
      choiceVariable('seen', 'Service', 'The service that Beyla observes', SERVICE_NAMES.map(beylaOf), beylaOf(SERVER)),
    ],
    rows: [summary, seen],
  });
