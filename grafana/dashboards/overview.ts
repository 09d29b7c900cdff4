import {
  MessagesPerSecond,
  Milliseconds,
  RequestsPerSecond,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { exploreLogs, exploreTraces, label, openDashboard } from '../layout/links.ts';
import { kindVariable, wordVariable } from '../layout/variables.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { perSecond } from '../panels/look.ts';
import { bigNumber } from '../panels/number.ts';
import { nodeGraph } from '../panels/pictures.ts';
import { errorRate, errorRateByVersion, p95, requestRate } from '../panels/requests.ts';
import { logql, promql, promqlByLegend, serviceGraph } from '../queries/queries.ts';
import { ALL, SPANS, WAIT_IN_QUEUE } from '../queries/red.ts';
import { SERIES } from '../queries/signals.ts';
import { linesOfLevel, serverSpans, spansOfCall } from '../queries/traces-and-logs.ts';
import { endpoints } from './overview-endpoints.ts';

const summary: Row = {
  panels: [
    requestRate({
      description:
        'Requests per second that the server answers. The requester works in bursts, so the rate should go up and down.',
    }),
    errorRate({
      description:
        'The share of requests answered with 5xx. About 3 % is normal here, because one in ten POSTs fails on purpose. Above 10 %, something is wrong.',
      links: [openDashboard('Which endpoint fails?', 'errors')],
    }),
    p95({
      description: 'The 95th percentile of request duration: one in twenty requests takes longer. Averages hide these.',
    }),
    bigNumber({
      title: 'Median',
      description:
        'Half of all requests are faster. If only the 95th percentile rises, few users are affected; if this rises, all are.',
      queries: [promql(ALL.quantile(0.5))],
      unit: Milliseconds,
      warnAt: 50,
      alarmAt: 200,
    }),
    bigNumber({
      title: 'Danger',
      description:
        'A business metric: the total danger of all beasts requested in the last 30 s. A beholder counts ten times as much as a unicorn.',
      queries: [promql(SERIES.dangerLevel)],
      unit: Short,
    }),
    bigNumber({
      title: 'Written',
      description:
        'Messages per second that the recorder takes from the queue and writes to Postgres. It follows the request rate; when it falls behind, the queue grows.',
      queries: [promql(`sum(rate(${SERIES.recorded}[$__rate_interval]))`)],
      unit: MessagesPerSecond,
      decimals: 1,
      links: [openDashboard('The queue', 'infrastructure')],
    }),
  ],
};

const versions: Row = {
  title: 'Rate, errors, duration by version: 2.0.0 is being rolled out beside 1.9.2',
  panels: [
    graph({
      title: 'Request rate by version',
      description:
        'Each version handles about half of the requests. Source: span metrics from Tempo, by the span attribute service.version.',
      queries: [promql(SPANS.rate('service_version'))],
      unit: RequestsPerSecond,
      stacked: true,
    }),
    errorRateByVersion({
      description: 'The new version fails far more often than the old one. Click it for its failed traces.',
    }),
    graph({
      title: 'p95 latency by version',
      description:
        'Is the new version slower, too? From native histograms: one series per version, accurate to a few percent at every quantile, where classic buckets are exact only at their bounds. The dots are requests.',
      queries: [promql(SPANS.nativeQuantile(0.95, 'service_version'), { exemplars: true })],
      unit: Seconds,
      links: [
        exploreTraces(
          'Slow requests of this version',
          serverSpans('duration > 20ms', `span.service.version = "${label('service_version')}"`),
        ),
      ],
    }),
  ],
};

const logs: Row = {
  title: 'Logs',
  panels: [
    graph({
      title: 'Log lines by service and level',
      description:
        'Lines per second. The log-storm scenario makes the server write fifty times as many lines, while other graphs hardly change.',
      queries: [logql('sum by (service_name, level) (rate({namespace=~".+"} [$__auto]))')],
      every: '10s',
      unit: perSecond('lines'),
      stacked: true,
      width: 12,
      height: 11,
      links: [
        exploreLogs(
          'These lines in Loki',
          `{namespace=~".+", service_name="${label('service_name')}", level="${label('level')}"}`,
        ),
      ],
    }),
    logLines({
      title: 'Error logs',
      description:
        'Lines with level error from all services, newest first. Lines from the server include the stack: file and line of the code that failed. The Trace button opens the request.',
      queries: [
        logql(
          `${linesOfLevel('error')} | $word=~"$kind" | logfmt msg, status, stack | line_format "{{.msg}}{{if .status}}, status {{.status}}{{end}}{{if .stack}}\\n{{.stack}}{{end}}"`,
        ),
      ],
      width: 12,
      height: 11,
    }),
  ],
};

const requestPath: Row = {
  title: 'Request path',
  panels: [
    nodeGraph({
      title: 'Service graph',
      description:
        'The service graph: circles are services, arrows are calls, and red is the error rate. Tempo builds it from pairs of client and server spans.',
      queries: [serviceGraph()],
    }),
    graph({
      title: 'p95 latency between services',
      description:
        'How long the called service takes, for each edge of the graph. A slow database shows on its own edge first.',
      queries: [
        promql(
          'histogram_quantile(0.95, sum by (client, server, le) (rate(traces_service_graph_request_server_seconds_bucket[$__rate_interval])))',
          { legend: '{{client}} → {{server}}' },
        ),
      ],
      unit: Seconds,
      width: 24,
      links: [
        exploreTraces(
          'Calls on this edge that took more than 10 ms',
          spansOfCall(label('client'), label('server'), 'duration > 10ms'),
        ),
      ],
    }),
    graph({
      title: 'Queue wait time',
      description:
        'How long a message waits, by Little’s law: messages waiting, divided by messages consumed per second. It grows with the queue-backlog scenario: work that was accepted but not done.',
      queries: promqlByLegend('5s', {
        time: WAIT_IN_QUEUE,
        'messages waiting': `sum(${SERIES.queueDepth}{state="waiting"})`,
      }),
      unit: Seconds,
      softMax: 1,
      width: 24,
      rightAxis: { series: 'messages waiting', unit: Short },
    }),
  ],
};

export const overview = () =>
  dashboardOf({
    name: 'overview',
    description:
      'Rate, errors and duration of every endpoint and version: what is requested, what fails, what is slow. From each graph, one click opens the traces, log lines and profiles behind it.',
    variables: [wordVariable(), kindVariable()],
    rows: [summary, endpoints, versions, logs, requestPath],
  });
