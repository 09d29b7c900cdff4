// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import {
  BytesPerSecondIEC,
  CountsPerSecond,
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
import { bigNumber } from '../panels/number.ts';
import { heat } from '../panels/pictures.ts';
import { table } from '../panels/table.ts';
import { logql, promql, promqlHeatmap, promqlTable } from '../queries/queries.ts';
import { SERIES, SERVER } from '../queries/signals.ts';

const RUN = 'testid=~"$testid"';
const requests = `k6_http_reqs_total{${RUN}}`;

const summary: Row = {
  panels: [
    bigNumber({
      title: 'Virtual users',
      description: 'Virtual users at work. K6_VUS in .env sets how many.',
      queries: [promql(`sum(k6_vus{${RUN}})`)],
      unit: Short,
      width: 4,
    }),
    bigNumber({
      title: 'Request rate',
      description: 'Requests in a second that k6 makes, beside those of the requester.',
      queries: [promql(`sum(rate(${requests}[$__rate_interval]))`)],
      unit: RequestsPerSecond,
      decimals: 1,
      width: 4,
    }),
    bigNumber({
      title: 'Failed requests',
      description: 'The share of answers that k6 did not expect. One in ten POSTs fails on purpose.',
      queries: [
        promql(
          `(sum(rate(k6_http_reqs_total{${RUN}, expected_response="false"}[$__rate_interval])) or vector(0)) / sum(rate(${requests}[$__rate_interval]))`,
        ),
      ],
      unit: PercentUnit,
      decimals: 1,
      warnAt: 0.06,
      alarmAt: 0.1,
      width: 4,
    }),
    bigNumber({
      title: 'Checks passed',
      description:
        'The share of answers that were right, since the run began. The threshold in k6/mythical-loadtest.js is 85 % for each kind.',
      queries: [promql(`avg(k6_checks_rate{${RUN}})`)],
      unit: PercentUnit,
      decimals: 1,
      alarmBelow: 0.85,
      width: 4,
    }),
    bigNumber({
      title: 'p95 latency',
      description: 'The 95th percentile of good answers, network included. The threshold of the test is 1 s.',
      queries: [
        promql(
          `histogram_quantile(0.95, sum(rate(k6_http_req_duration_seconds{${RUN}, expected_response="true"}[$__rate_interval])))`,
        ),
      ],
      unit: Seconds,
      warnAt: 0.2,
      alarmAt: 1,
      width: 4,
    }),
    bigNumber({
      title: 'Iterations',
      description: 'Whole visits (iterations) in a second: a visitor looks, adds, removes, and cleans up.',
      queries: [promql(`sum(rate(k6_iterations_total{${RUN}}[$__rate_interval]))`)],
      unit: CountsPerSecond,
      decimals: 2,
      width: 4,
    }),
  ],
};

const visitors: Row = {
  title: 'Requests',
  panels: [
    graph({
      title: 'Requests by method',
      description: 'Requests in a second. Visitors look five times, add three times, remove twice.',
      queries: [
        promql(`sum by (method) (rate(k6_http_reqs_total{${RUN}, $word=~"$kind"}[$__rate_interval]))`, {
          legend: '{{method}}',
        }),
      ],
      unit: RequestsPerSecond,
      stacked: true,
      width: 8,
    }),
    graph({
      title: 'Failed requests by status',
      description:
        'Answers that k6 did not expect, in a second. Each was logged with the id of its trace, further down.',
      queries: [
        promql(
          `sum by (method, status) (rate(k6_http_reqs_total{${RUN}, $word=~"$kind", expected_response="false"}[$__rate_interval]))`,
          { legend: '{{method}} {{status}}' },
        ),
      ],
      unit: RequestsPerSecond,
      stacked: true,
      width: 8,
      links: [
        exploreTraces(
          'Failed requests of this method in Tempo',
          `{ resource.service.name = "${SERVER}" && kind = server && status = error && span.http.method = "${label('method')}" }`,
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
        'From native histograms, good answers only: a refused connection is a quick answer, but not a good one.',
      queries: [
        promql(
          `histogram_quantile(0.95, sum by (method) (rate(k6_http_req_duration_seconds{${RUN}, $word=~"$kind", expected_response="true"}[$__rate_interval])))`,
          { legend: '{{method}}' },
        ),
      ],
      unit: Seconds,
      width: 8,
    }),
    graph({
      title: 'Latency percentiles',
      description:
        'Every quantile comes out of one native histogram. When the lines move apart, some visitors suffer more than others.',
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
      width: 8,
    }),
    heat({
      title: 'Latency heatmap',
      description: 'A native histogram, drawn whole: its buckets are as fine as the data, without being chosen before.',
      queries: [promqlHeatmap(`sum(increase(k6_http_req_duration_seconds{${RUN}, $word=~"$kind"}[$__rate_interval]))`)],
      unit: Seconds,
      width: 8,
    }),
    graph({
      title: 'Request phases',
      description:
        'The mean of each phase of a request: waiting for a connection, connecting, sending, waiting for the answer, receiving. Nearly all is waiting.',
      queries: ['blocked', 'connecting', 'sending', 'waiting', 'receiving'].map((phase) =>
        promql(
          `histogram_sum(sum(rate(k6_http_req_${phase}_seconds{${RUN}}[$__rate_interval]))) / histogram_count(sum(rate(k6_http_req_${phase}_seconds{${RUN}}[$__rate_interval])))`,
          { legend: phase },
        ),
      ),
      unit: Seconds,
      stacked: true,
      width: 8,
    }),
  ],
};

const insideAndOutside: Row = {
  title: 'k6 and server compared',
  panels: [
    graph({
      title: 'p95 latency, from k6 and from the server',
      description:
        'k6 measures until the answer arrived, the server until it was sent. What is between them is the network, and waiting for the server to take the request at all: with a busy CPU this grows first.',
      queries: [
        promql(`1000 * histogram_quantile(0.95, sum(rate(k6_http_req_duration_seconds{${RUN}}[$__rate_interval])))`, {
          legend: 'k6, outside',
        }),
        promql(`histogram_quantile(0.95, sum by (le) (rate(${SERIES.requestBuckets}[$__rate_interval])))`, {
          legend: 'server, inside',
        }),
      ],
      unit: Milliseconds,
      width: 12,
    }),
    table({
      title: 'Checks',
      description:
        'What k6 checks of each answer, and how much of it was right since the run began. Below its threshold the run fails.',
      queries: [promqlTable(`min by (check, method) (k6_checks_rate{${RUN}, $word=~"$kind"})`)],
      columns: [
        { from: 'check', title: 'Check' },
        { from: 'method', title: 'Method', width: 90 },
        { from: 'Value', title: 'Passed, worst kind', unit: PercentUnit, decimals: 1, width: 140 },
      ],
      width: 12,
    }),
    graph({
      title: 'Data',
      description: 'Bytes in a second that k6 sends and gets.',
      queries: [
        promql(`sum(rate(k6_data_received_total{${RUN}}[$__rate_interval]))`, { legend: 'received' }),
        promql(`sum(rate(k6_data_sent_total{${RUN}}[$__rate_interval]))`, { legend: 'sent' }),
      ],
      unit: BytesPerSecondIEC,
      width: 12,
    }),
    logLines({
      title: 'k6 logs',
      description:
        'k6 logs each answer that fails a check, with the id of the trace that it began: the button Trace opens what the server did.',
      queries: [logql('{service_name="k6"}')],
      width: 12,
      height: 8,
    }),
  ],
};

export const k6 = () =>
  dashboardOf({
    name: 'k6',
    description:
      'What visitors meet, as k6 sees it from the outside: the load it makes, its checks and thresholds, and the durations that include the network. Durations are native histograms.',
    variables: [
      wordVariable(),
      kindVariable(),
      labelVariable('testid', 'Run', 'The label testid of a run of k6', { selector: 'k6_vus', of: 'testid' }),
    ],
    rows: [summary, visitors, insideAndOutside],
  });
