import {
  BytesPerSecondIEC,
  Milliseconds,
  PercentUnit,
  RequestsPerSecond,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { exploreLogs, exploreTraces, label } from '../layout/links.ts';
import { kindVariable, labelVariable, wordVariable } from '../layout/variables.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { perSecond } from '../panels/look.ts';
import { bigNumber } from '../panels/number.ts';
import { heat } from '../panels/pictures.ts';
import { table } from '../panels/table.ts';
import { logql, promql, promqlByLegend, promqlHeatmap, promqlTable } from '../queries/queries.ts';
import { SERIES } from '../queries/signals.ts';
import { serverSpans } from '../queries/traces-and-logs.ts';

const RUN = 'testid=~"$testid"';
const requests = `k6_http_reqs_total{${RUN}}`;

const summary: Row = {
  panels: [
    bigNumber({
      title: 'VUs',
      description: 'Active virtual users. Set the number with K6_VUS in .env.',
      queries: [promql(`sum(k6_vus{${RUN}})`)],
      unit: Short,
    }),
    bigNumber({
      title: 'Rate',
      description: 'Requests per second from k6, without those of the requester.',
      queries: [promql(`sum(rate(${requests}[$__rate_interval]))`)],
      unit: RequestsPerSecond,
      decimals: 1,
    }),
    bigNumber({
      title: 'Failed',
      description: 'The share of responses that k6 did not expect. One in ten POSTs fails on purpose.',
      queries: [
        promql(
          `(sum(rate(k6_http_reqs_total{${RUN}, expected_response="false"}[$__rate_interval])) or vector(0)) / sum(rate(${requests}[$__rate_interval]))`,
        ),
      ],
      unit: PercentUnit,
      decimals: 1,
      warnAt: 0.06,
      alarmAt: 0.1,
    }),
    bigNumber({
      title: 'Checks',
      description:
        'The share of checks that passed since the run started. The threshold in k6/mythical-loadtest.js is 85 % for each kind.',
      queries: [promql(`avg(k6_checks_rate{${RUN}})`)],
      unit: PercentUnit,
      decimals: 1,
      alarmBelow: 0.85,
    }),
    bigNumber({
      title: 'p95',
      description: 'The 95th percentile of successful responses, network included. The threshold of the test is 1 s.',
      queries: [
        promql(
          `histogram_quantile(0.95, sum(rate(k6_http_req_duration_seconds{${RUN}, expected_response="true"}[$__rate_interval])))`,
        ),
      ],
      unit: Seconds,
      warnAt: 0.2,
      alarmAt: 1,
    }),
    bigNumber({
      title: 'Visits',
      description:
        'Iterations per second. In each, a virtual user lists beasts, adds some, deletes some, and cleans up.',
      queries: [promql(`sum(rate(k6_iterations_total{${RUN}}[$__rate_interval]))`)],
      unit: perSecond(),
      decimals: 2,
    }),
  ],
};

const visitors: Row = {
  title: 'Requests',
  panels: [
    graph({
      title: 'Requests by method',
      description:
        'Requests per second. Of ten random steps, about five list beasts, three add one and two delete one; at the end, each iteration deletes what it added.',
      queries: [promql(`sum by (method) (rate(k6_http_reqs_total{${RUN}, $word=~"$kind"}[$__rate_interval]))`)],
      unit: RequestsPerSecond,
      stacked: true,
    }),
    graph({
      title: 'Failed requests by status',
      description: 'Unexpected responses per second. Each one is logged with its trace ID, further down.',
      queries: [
        promql(
          `sum by (method, status) (rate(k6_http_reqs_total{${RUN}, $word=~"$kind", expected_response="false"}[$__rate_interval]))`,
        ),
      ],
      unit: RequestsPerSecond,
      stacked: true,
      links: [
        exploreTraces(
          'Failed requests of this method in Tempo',
          serverSpans('status = error', `span.http.method = "${label('method')}"`),
        ),
        exploreLogs(
          'What k6 logged',
          `{service_name="k6"} |= "${label('method')} " |= " answered ${label('status')} traceID"`,
        ),
      ],
    }),
    graph({
      title: 'p95 latency by method',
      description:
        'From native histograms, successful responses only: a refused connection is fast, but not a good response.',
      queries: [
        promql(
          `histogram_quantile(0.95, sum by (method) (rate(k6_http_req_duration_seconds{${RUN}, $word=~"$kind", expected_response="true"}[$__rate_interval])))`,
        ),
      ],
      unit: Seconds,
    }),
    graph({
      title: 'Latency percentiles',
      description:
        'Every quantile comes from one native histogram. When the lines move apart, some users are affected more than others.',
      queries: ['0.5', '0.9', '0.95', '0.99', '1'].map((q) =>
        promql(
          `histogram_quantile(${q}, sum(rate(k6_http_req_duration_seconds{${RUN}, $word=~"$kind"}[$__rate_interval])))`,
          {
            legend: q === '1' ? 'slowest' : `${Number(q) * 100} %`,
          },
        ),
      ),
      unit: Seconds,
      logarithmic: true,
    }),
    heat({
      title: 'Latency heatmap',
      description:
        'A complete native histogram: its buckets are as fine as the data, with no bounds chosen in advance.',
      queries: [promqlHeatmap(`sum(increase(k6_http_req_duration_seconds{${RUN}, $word=~"$kind"}[$__rate_interval]))`)],
      unit: Seconds,
      width: 8,
    }),
    graph({
      title: 'Request phases',
      description:
        'The mean of each phase of a request: blocked, connecting, sending, waiting, receiving. Nearly all of the time is waiting.',
      queries: ['blocked', 'connecting', 'sending', 'waiting', 'receiving'].map((phase) =>
        promql(
          `histogram_sum(sum(rate(k6_http_req_${phase}_seconds{${RUN}}[$__rate_interval]))) / histogram_count(sum(rate(k6_http_req_${phase}_seconds{${RUN}}[$__rate_interval])))`,
          { legend: phase },
        ),
      ),
      unit: Seconds,
      stacked: true,
    }),
  ],
};

const insideAndOutside: Row = {
  title: 'k6 and server compared',
  panels: [
    graph({
      title: 'p95 latency, from k6 and from the server',
      description:
        'k6 measures until the response has arrived, the server until it has been sent. The difference is the network, plus the time until the server starts handling the request: with a busy CPU, this grows first.',
      queries: promqlByLegend('5s', {
        'k6, outside': `1000 * histogram_quantile(0.95, sum(rate(k6_http_req_duration_seconds{${RUN}}[$__rate_interval])))`,
        'server, inside': `histogram_quantile(0.95, sum by (le) (rate(${SERIES.requestBuckets}[$__rate_interval])))`,
      }),
      unit: Milliseconds,
      width: 12,
    }),
    table({
      title: 'Checks',
      description:
        'What k6 checks in each response, and the share that passed since the run started, for the kind that passed least. Below its threshold, the run fails.',
      queries: [promqlTable(`min by (check, method) (k6_checks_rate{${RUN}, $word=~"$kind"})`)],
      columns: [
        { from: 'check', title: 'Check' },
        { from: 'method', title: 'Method', width: 80 },
        { from: 'Value', title: 'Passed', unit: PercentUnit, decimals: 1, width: 80 },
      ],
    }),
    graph({
      title: 'Data',
      description: 'Bytes per second that k6 sends and receives.',
      queries: promqlByLegend('5s', {
        received: `sum(rate(k6_data_received_total{${RUN}}[$__rate_interval]))`,
        sent: `sum(rate(k6_data_sent_total{${RUN}}[$__rate_interval]))`,
      }),
      unit: BytesPerSecondIEC,
      width: 12,
    }),
    logLines({
      title: 'k6 logs',
      description:
        'k6 logs each response that fails a check, with the ID of the trace it started. The Trace button shows what the server did.',
      queries: [
        logql('{service_name="k6"} | logfmt msg | line_format "{{if .msg}}{{.msg}}{{else}}{{__line__}}{{end}}"'),
      ],
      height: 8,
    }),
  ],
};

export const k6 = () =>
  dashboardOf({
    name: 'k6',
    description:
      'What users experience, as k6 sees it from the outside: load, checks, thresholds, and durations that include the network. Durations are native histograms.',
    variables: [
      wordVariable(),
      kindVariable(),
      labelVariable('testid', 'Run', 'The testid label of a k6 run', { selector: 'k6_vus', of: 'testid' }),
    ],
    rows: [summary, visitors, insideAndOutside],
  });
