// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import {
  BytesIEC,
  BytesPerSecondIEC,
  CountsPerSecond,
  PercentUnit,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf } from '../layout/dashboard.ts';
import { exploreLogs, exploreProfile, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { bars, bigNumber } from '../panels/number.ts';
import { table } from '../panels/table.ts';
import { logql, promql, promqlNow, promqlTable } from '../queries/queries.ts';
import { PROFILE_TYPES, SERIES } from '../queries/signals.ts';

const every = '15s';
const PROGRAMS = 'alloy|otel-collector|mimir|loki|tempo|pyroscope|grafana';

/** How many in a second: of the first of these that has any. */
const rateOf = (...selectors: string[]) =>
  selectors.map((selector) => `sum(rate(${selector}[$__rate_interval]))`).join(' or ');

/**
 * How many in a second, of all of these together. Not `A or B`, which is A wherever there is an A: Alloy has counters of its
 * own and, for what comes by OTLP, those of the collector. One that has counted nothing yet has no series.
 */
const sumOf = (...selectors: string[]) =>
  selectors.map((selector) => `(sum(rate(${selector}[$__rate_interval])) or vector(0))`).join(' + ');

/** A counter of the OpenTelemetry Collector. Alloy is made of the same parts, and ends the names of its counters in _total. */
const otelcol = (name: string) => `{__name__=~"otelcol_${name}(_total)?"}`;

/**
 * What an exporter gave up on, and what it had no room for while others waited. The receiver knows of neither: it has told
 * the sender long before that the data were taken.
 */
const lostOnTheWay = (signal: string) => [
  otelcol(`exporter_send_failed_${signal}`),
  otelcol(`exporter_enqueue_failed_${signal}`),
];

/** Each backend counts its requests in a histogram of its own name. Here are those by HTTP, which come from outside. */
const BACKENDS = [
  { name: 'mimir', requests: 'cortex_request_duration_seconds' },
  { name: 'loki', requests: 'loki_request_duration_seconds' },
  { name: 'tempo', requests: 'tempo_request_duration_seconds' },
  { name: 'pyroscope', requests: 'pyroscope_request_duration_seconds' },
];

export const stack = () =>
  dashboardOf({
    name: 'stack',
    description:
      'Who watches the watchers: what Alloy takes in and passes on, what each backend keeps, how fast they answer, and what was lost on the way.',
    rows: [
      {
        panels: [
          bigNumber({
            title: 'Up',
            description:
              'Whether each target answers Alloy’s scrape. A red one has no fresh metrics: look at its logs.',
            queries: [promql('min by (job) (up)', { legend: '{{job}}', every })],
            unit: 'bool_on_off',
            alarmBelow: 1,
            names: true,
            plain: true,
            width: 24,
            height: 4,
            links: [exploreLogs('Its log', '{job="${__field.labels.job}"}')],
          }),
          bigNumber({
            title: 'Active series',
            description:
              'Series in Mimir that got a sample lately: what metrics cost. Each new value of a label makes a new one.',
            queries: [promql('sum(cortex_ingester_active_series)', { every })],
            unit: Short,
            decimals: 1,
            warnAt: 40_000,
            alarmAt: 80_000,
            width: 4,
          }),
          bigNumber({
            title: 'Samples',
            description: 'Samples in a second that Mimir takes in.',
            queries: [promql(rateOf('cortex_distributor_received_samples_total'), { every })],
            unit: CountsPerSecond,
            decimals: 0,
            width: 4,
          }),
          bigNumber({
            title: 'Log lines',
            description: 'Lines in a second that Loki takes in.',
            queries: [promql(rateOf('loki_distributor_lines_received_total'), { every })],
            unit: CountsPerSecond,
            decimals: 0,
            width: 4,
          }),
          bigNumber({
            title: 'Spans',
            description: 'Spans in a second that Tempo takes in.',
            queries: [promql(rateOf('tempo_distributor_spans_received_total'), { every })],
            unit: CountsPerSecond,
            decimals: 0,
            width: 4,
          }),
          bigNumber({
            title: 'Profiles',
            description: 'Profiles in a minute that Pyroscope takes in: one of each type and service in 15 s.',
            queries: [promql(`60 * ${rateOf('pyroscope_distributor_received_samples_count')}`, { every })],
            unit: 'cpm',
            decimals: 0,
            width: 4,
          }),
          bigNumber({
            title: 'Unhealthy in Alloy',
            description:
              'Parts of Alloy’s pipelines that report trouble. Its page shows which: http://localhost:12347/graph',
            queries: [
              promql('sum(alloy_component_controller_running_components{health_type!="healthy"}) or vector(0)', {
                every,
              }),
            ],
            unit: Short,
            alarmAt: 1,
            width: 4,
          }),
        ],
      },
      {
        title: 'The collector: the way in',
        panels: [
          graph({
            title: 'Passed on, by signal',
            description:
              'What Alloy (or the OpenTelemetry Collector in its place) sends to the backends in a second. A line at zero: that signal has stopped.',
            queries: [
              promql(
                sumOf('prometheus_remote_storage_samples_total{job="alloy"}', otelcol('exporter_sent_metric_points')),
                { legend: 'samples → Mimir', every },
              ),
              promql(sumOf('loki_write_sent_entries_total', otelcol('exporter_sent_log_records')), {
                legend: 'lines → Loki',
                every,
              }),
              promql(sumOf(otelcol('exporter_sent_spans')), {
                legend: 'spans → Tempo',
                every,
              }),
              // The second counts what the first sends, and with the collector, which takes no profiles, what services send.
              promql(rateOf('pyroscope_write_sent_profiles_total', 'pyroscope_distributor_received_samples_count'), {
                legend: 'profiles → Pyroscope',
                every,
              }),
            ],
            unit: CountsPerSecond,
            logarithmic: true,
            width: 8,
          }),
          graph({
            title: 'Lost, or about to be',
            description:
              'Should all be zero: what a backend refused for good, did not take until the collector gave up, or what had no room left to wait; spans that the collector refused to take; and what the services themselves had to drop.',
            queries: [
              promql(
                sumOf('prometheus_remote_storage_samples_failed_total{job="alloy"}', ...lostOnTheWay('metric_points')),
                { legend: 'samples', every },
              ),
              promql(sumOf('loki_write_dropped_entries_total', ...lostOnTheWay('log_records')), {
                legend: 'lines',
                every,
              }),
              promql(sumOf(otelcol('receiver_refused_spans'), ...lostOnTheWay('spans')), { legend: 'spans', every }),
              promql(sumOf(`${SERIES.logLines}{outcome="dropped"}`), {
                legend: 'lines, by the services',
              }),
              promql(sumOf('otel_sdk_processor_span_processed_total{error_type!=""}'), {
                legend: 'spans, by the services',
              }),
            ],
            unit: CountsPerSecond,
            alarmAt: 0.1,
            width: 8,
          }),
          graph({
            title: 'Waiting in queues',
            description: 'What waits to be sent: it grows while a backend is away, and shrinks when it is back.',
            queries: [
              promql('sum(prometheus_remote_storage_samples_pending{job="alloy"}) or vector(0)', {
                legend: 'samples',
                every,
              }),
              // Alloy counts batches, and so does the collector in memory. What it has on disk it counts in bytes.
              promql(
                'sum(otelcol_exporter_queue_size{job="alloy"} or otelcol_exporter_queue_size{exporter=~"prometheus_.+"})',
                { legend: 'batches', every },
              ),
              promql(
                'sum(otelcol_exporter_queue_size{job="otel-collector", exporter=~"otlp_.+"}) / 1000 or vector(0)',
                {
                  legend: 'kB on disk',
                  every,
                },
              ),
              promql(`sum(${SERIES.logLinesWaiting}) or vector(0)`, { legend: 'lines in the services' }),
              promql('sum(otel_sdk_processor_span_queue_size)', { legend: 'spans in the services' }),
            ],
            unit: Short,
            width: 8,
          }),
          graph({
            title: 'How old the newest sample is',
            description:
              'Of each target. Usual is up to the time between two scrapes, 15 s; beyond half a minute, graphs end before the present.',
            queries: [promql('max by (job) (time() - timestamp(up))', { legend: '{{job}}', every })],
            unit: Seconds,
            warnAt: 30,
            alarmAt: 120,
            width: 8,
          }),
          graph({
            title: 'How long a scrape takes',
            description:
              'The time a target needs to answer with all of its metrics. Near the timeout (4 s for the application, 10 s for others) it will soon have gaps.',
            queries: [promql('max by (job) (scrape_duration_seconds)', { legend: '{{job}}', every })],
            unit: Seconds,
            warnAt: 4,
            width: 8,
          }),
          bars({
            title: 'Samples of each target',
            description: 'How many samples one scrape brings: who fills Mimir.',
            queries: [
              promqlNow('sort_desc(sum by (job) (scrape_samples_post_metric_relabeling))', { legend: '{{job}}' }),
            ],
            unit: Short,
            decimals: 0,
            warnAt: 5_000,
            alarmAt: 20_000,
            width: 8,
          }),
        ],
      },
      {
        title: 'The backends: what they keep',
        panels: [
          graph({
            title: 'Mimir: series',
            description:
              'Series in memory, and how many of them are still active. A jump is a new label value, or a container that was made anew.',
            queries: [
              promql('sum(cortex_ingester_memory_series)', { legend: 'in memory', every }),
              promql('sum(cortex_ingester_active_series)', { legend: 'active', every }),
              promql('sum(tempo_metrics_generator_registry_active_series)', {
                legend: 'of these, made by Tempo from spans',
                every,
              }),
            ],
            unit: Short,
            width: 8,
          }),
          graph({
            title: 'Loki: streams, and bytes',
            description:
              'A stream is a set of labels. Few streams with many lines are what Loki is made for; log-storm raises the bytes, never the streams.',
            queries: [
              promql(rateOf('loki_distributor_bytes_received_total'), {
                legend: 'bytes taken in',
                every,
              }),
              promql('sum(loki_ingester_memory_streams)', { legend: 'streams', every }),
            ],
            unit: BytesPerSecondIEC,
            width: 8,
          }).overrideByName('streams', [
            { id: 'unit', value: Short },
            { id: 'custom.axisPlacement', value: 'right' },
          ]),
          graph({
            title: 'Tempo: traces in the making, and bytes',
            description: 'Traces that Tempo still waits for more spans of, and what it takes in.',
            queries: [
              promql(rateOf('tempo_distributor_bytes_received_total'), {
                legend: 'bytes taken in',
                every,
              }),
              promql('sum(tempo_live_store_live_traces)', { legend: 'live traces', every }),
            ],
            unit: BytesPerSecondIEC,
            width: 8,
          }).overrideByName('live traces', [
            { id: 'unit', value: Short },
            { id: 'custom.axisPlacement', value: 'right' },
          ]),
        ],
      },
      {
        title: 'The backends: how they answer',
        panels: [
          graph({
            title: 'Requests',
            description:
              'Requests in a second that each backend answers: writes of Alloy, and the questions of Grafana.',
            queries: BACKENDS.map(({ name, requests }) =>
              promql(`sum(rate(${requests}_count{job="${name}", method!="gRPC"}[$__rate_interval]))`, {
                legend: name,
                every,
              }),
            ),
            unit: 'reqps',
            width: 8,
          }),
          graph({
            title: 'Duration: 95th percentile',
            description:
              'One in twenty requests takes longer. Questions over a long time take long; writes should not. Left out are requests that last as long as they are told to: profiles, and following a log.',
            queries: BACKENDS.map(({ name, requests }) =>
              promql(
                `histogram_quantile(0.95, sum by (le) (rate(${requests}_bucket{job="${name}", method!="gRPC", route!~".*(pprof|tail).*"}[$__rate_interval])))`,
                { legend: name, every },
              ),
            ),
            unit: Seconds,
            logarithmic: true,
            width: 8,
          }),
          graph({
            title: 'Errors',
            description:
              'The share of requests that a backend answered with 5xx. Short peaks while the stack starts are usual.',
            queries: BACKENDS.map(({ name, requests }) =>
              promql(
                `(sum(rate(${requests}_count{job="${name}", method!="gRPC", status_code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(${requests}_count{job="${name}", method!="gRPC"}[$__rate_interval]))`,
                { legend: name, every },
              ),
            ),
            unit: PercentUnit,
            alarmAt: 0.05,
            width: 8,
          }),
        ],
      },
      {
        title: 'The programs',
        panels: [
          graph({
            title: 'Memory',
            description:
              'Memory of each program (RSS). Its limit stands in docker-compose.yml. Click a line for who allocated it.',
            queries: [
              promql(`max by (job) (process_resident_memory_bytes{job=~"${PROGRAMS}"} or otelcol_process_memory_rss)`, {
                legend: '{{job}}',
                every,
              }),
            ],
            unit: BytesIEC,
            width: 8,
            links: [exploreProfile('Heap of this program', PROFILE_TYPES.goHeap, `{service_name="${label('job')}"}`)],
          }),
          graph({
            title: 'CPU',
            description: 'CPU time of each program, in shares of a core. Click a line for its flame graph.',
            queries: [
              promql(
                `max by (job) (rate(process_cpu_seconds_total{job=~"${PROGRAMS}"}[$__rate_interval]) or rate(otelcol_process_cpu_seconds[$__rate_interval]))`,
                {
                  legend: '{{job}}',
                  every,
                },
              ),
            ],
            unit: PercentUnit,
            width: 8,
            links: [
              exploreProfile('Flame graph of this program', PROFILE_TYPES.goCpu, `{service_name="${label('job')}"}`),
            ],
          }),
          table({
            title: 'Rules',
            description: 'Groups of rules that Mimir and Loki evaluate, and how often that failed since they started.',
            queries: [
              promqlTable(
                'sum by (job, rule_group) (cortex_prometheus_rule_evaluations_total or loki_prometheus_rule_evaluations_total)',
                { every },
              ),
              promqlTable(
                'sum by (job, rule_group) (cortex_prometheus_rule_evaluation_failures_total or loki_prometheus_rule_evaluation_failures_total)',
                { every },
              ),
            ],
            columns: [
              { from: 'job', title: 'Program', width: 100 },
              { from: 'rule_group', title: 'Group' },
              { from: 'Value #A', title: 'Evaluations', unit: Short, decimals: 0, width: 110 },
              { from: 'Value #B', title: 'Failed', unit: Short, decimals: 0, alarmAt: 1, width: 80 },
            ],
            width: 8,
          }),
          logLines({
            title: 'Warnings and errors of the stack',
            description: 'What Alloy and the backends complain about.',
            queries: [logql(`{service_name=~"${PROGRAMS}"} |~ "level=(warn|error)"`)],
            width: 24,
          }),
        ],
      },
    ],
  });
