import { Milliseconds, PercentUnit, RequestsPerSecond, Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { column, exploreLogs, exploreTraces, label, openDashboard } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { perSecond } from '../panels/look.ts';
import { bars, bigNumber } from '../panels/number.ts';
import { errorRate } from '../panels/requests.ts';
import { spanColumns } from '../panels/span-columns.ts';
import { table } from '../panels/table.ts';
import { logql, logqlNow, promql, promqlNow, traceql, traceqlMetric } from '../queries/queries.ts';
import { SPANS } from '../queries/red.ts';
import { SERIES, SERVER, SERVER_SPANS } from '../queries/signals.ts';
import { FAILED_REQUESTS, linesOfLevel, serverSpans, withoutQuotes } from '../queries/traces-and-logs.ts';

/** For the endpoint that was clicked. */
const failedRequests = (condition = '') =>
  exploreTraces(
    'Failed requests of this endpoint in Tempo',
    serverSpans('status = error', `span.http.target = "${label('http_target')}"${condition}`),
  );

const summary: Row = {
  panels: [
    bigNumber({
      title: 'Failed requests',
      description: 'Requests per second that the server answered with 5xx.',
      queries: [promql(`sum(rate(${SERIES.requestCount}{status=~"5.."}[$__rate_interval])) or vector(0)`)],
      unit: RequestsPerSecond,
      decimals: 2,
      warnAt: 0.5,
      alarmAt: 2,
      width: 6,
    }),
    errorRate({
      title: 'Error rate',
      description:
        'The percentage of requests that fail. One in ten POSTs fails on purpose, which is about 3 % of all requests.',
      width: 6,
      links: [openDashboard('Effect on the objectives', 'slo')],
    }),
    bigNumber({
      title: 'Client errors',
      description:
        'Requests per second answered with 4xx. An unknown kind gets a 404, a second beast with the same name a 409.',
      queries: [promql(`sum(rate(${SERIES.requestCount}{status=~"4.."}[$__rate_interval])) or vector(0)`)],
      unit: RequestsPerSecond,
      decimals: 2,
      width: 6,
    }),
    bigNumber({
      title: 'Unanswered',
      description:
        'Actions of the requester that got no response: the server did not respond, or the queue did not accept the message. Above zero, something is down.',
      queries: [promql(`sum(rate(${SERIES.actions}{outcome!="answered"}[$__rate_interval])) or vector(0)`)],
      unit: perSecond(),
      decimals: 2,
      alarmAt: 0.01,
      width: 6,
    }),
  ],
};

const where: Row = {
  title: 'Where',
  panels: [
    bars({
      title: 'Errors by endpoint',
      description:
        'Failed requests in the last five minutes, for the nine endpoints with the most failures. If they are spread evenly, look for a shared cause: a release, or the database.',
      queries: [
        promqlNow(
          `sort_desc(topk(9, sum by (http_method, http_target) (increase(traces_spanmetrics_calls_total{${SERVER_SPANS}, status_code="STATUS_CODE_ERROR"}[5m])) > 0))`,
        ),
      ],
      unit: Short,
      decimals: 0,
      warnAt: 10,
      alarmAt: 50,
      links: [failedRequests(` && span.http.method = "${label('http_method')}"`)],
    }),
    graph({
      title: 'Error rate by endpoint',
      description: 'Click a point to see the failed requests of its endpoint.',
      queries: [promql(SPANS.errorRatio('http_target'))],
      unit: PercentUnit,
      width: 12,
      links: [failedRequests()],
    }),
    graph({
      title: 'p95 latency of failed requests, and exemplars',
      description:
        'Each dot is one failed request: click it to open its trace. The line is the 95th percentile of all failed requests, with gaps where none failed.',
      queries: [
        promql(
          `histogram_quantile(0.95, sum by (le, method) (rate(${SERIES.requestBuckets}{status=~"5.."}[$__rate_interval])))`,
          { exemplars: true },
        ),
      ],
      unit: Milliseconds,
      width: 12,
      links: [
        exploreTraces(
          'Failed requests of this method in Tempo',
          serverSpans('status = error', `span.http.method = "${label('method')}"`),
        ),
      ],
    }),
    graph({
      title: 'Failed requests by version',
      description:
        'Computed from the spans by TraceQL, with no metric defined in advance. Any attribute works in place of service.version.',
      queries: [traceqlMetric(`${FAILED_REQUESTS} | rate() by (span.service.version)`)],
      unit: RequestsPerSecond,
      width: 12,
      stacked: true,
    }),
  ],
};

const what: Row = {
  title: 'What',
  panels: [
    table({
      title: 'Top error messages',
      description:
        'The most frequent messages in the selected time range: lines with level error, counted by msg. Click a message for its lines.',
      queries: [
        logqlNow(
          `topk(10, sum by (service_name, msg) (count_over_time(${linesOfLevel('error')} | logfmt msg | ${withoutQuotes('msg')} | keep service_name, msg [$__range])))`,
        ),
      ],
      columns: [
        { from: 'service_name', title: 'Service', width: 170 },
        {
          from: 'msg',
          title: 'Message',
          links: [
            exploreLogs(
              'Log lines in Loki',
              `{service_name="${column('Service')}", level="error"} | logfmt msg | ${withoutQuotes('msg')} | msg = "${column('Message')}"`,
            ),
          ],
        },
        { from: 'Value #A', title: 'Lines', unit: Short, width: 90 },
      ],
      sortBy: 'Lines',
    }),
    graph({
      title: 'Error lines by service',
      description:
        'One failure is logged twice: by the server that failed, and by the requester that got the response. A Loki recording rule turns the lines into a rate and writes it to Mimir, so long time ranges load without reading any lines.',
      queries: [promql('mythical:log_errors:rate1m', { legend: '{{service_name}}', every: '15s' })],
      unit: perSecond('lines'),
      stacked: true,
      width: 12,
      links: [exploreLogs('These lines in Loki', `{service_name="${label('service_name')}", level="error"}`)],
    }),
  ],
};

const why: Row = {
  title: 'Why',
  panels: [
    table({
      title: 'Failed requests',
      description:
        'The newest traces with a failed request. Click one: the waterfall shows which span failed first, and its logs show why.',
      queries: [traceql(FAILED_REQUESTS, { select: ['span.http.method', 'span.http.target', 'span.service.version'] })],
      columns: spanColumns('Show this trace', [
        { from: 'http.method', title: 'Method', width: 80 },
        { from: 'http.target', title: 'Endpoint' },
        { from: 'service.version', title: 'Version', width: 80 },
      ]),
      width: 14,
      height: 11,
    }),
    logLines({
      title: 'Stack traces',
      description:
        'Server errors: the top application frame of the stack, then the message and the whole stack. The Trace button opens the request.',
      queries: [
        logql(
          `{service_name="${SERVER}", level="error"} | logfmt msg, stack | stack != "" | regexp "(?P<code>source/[^)\\\\s]+)" | line_format "{{.code}}  {{.msg}}\\n{{.stack}}"`,
          { maxLines: 30 },
        ),
      ],
      width: 10,
      height: 11,
    }),
  ],
};

export const errors = () =>
  dashboardOf({
    name: 'errors',
    description:
      'Which endpoint fails, in which version, with which message and on which line of code: from the error count to the cause, on one page.',
    rows: [summary, where, what, why],
  });
