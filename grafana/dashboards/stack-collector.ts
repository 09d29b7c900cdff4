// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import { CountsPerSecond, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Row } from '../layout/dashboard.ts';
import { graph } from '../panels/graph.ts';
import { bars } from '../panels/number.ts';
import { promql, promqlNow } from '../queries/queries.ts';
import { SERIES } from '../queries/signals.ts';
import { every, lostOnTheWay, otelcol, rateOf, sumOf } from '../queries/stack.ts';

export const collector: Row = {
  title: 'Collector',
  panels: [
    graph({
      title: 'Sent by signal',
      description:
        'What Alloy (or the OpenTelemetry Collector in its place) sends to the backends in a second. A line at zero: that signal has stopped.',
      queries: [
        promql(sumOf('prometheus_remote_storage_samples_total{job="alloy"}', otelcol('exporter_sent_metric_points')), {
          legend: 'samples → Mimir',
          every,
        }),
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
      title: 'Dropped and failed',
      description:
        'Should all be zero: what a backend refused for good, did not take until the collector gave up, or what had no room left to wait; spans that the collector refused to take; and what the services themselves had to drop.',
      queries: [
        promql(sumOf('prometheus_remote_storage_samples_failed_total{job="alloy"}', ...lostOnTheWay('metric_points')), {
          legend: 'samples',
          every,
        }),
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
      title: 'Exporter queues',
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
        promql('sum(otelcol_exporter_queue_size{job="otel-collector", exporter=~"otlp_.+"}) / 1000 or vector(0)', {
          legend: 'kB on disk',
          every,
        }),
        promql(`sum(${SERIES.logLinesWaiting}) or vector(0)`, { legend: 'lines in the services' }),
        promql('sum(otel_sdk_processor_span_queue_size)', { legend: 'spans in the services' }),
      ],
      unit: Short,
      width: 8,
    }),
    graph({
      title: 'Age of newest sample',
      description:
        'Of each target. Usual is up to the time between two scrapes, 15 s; beyond half a minute, graphs end before the present.',
      queries: [promql('max by (job) (time() - timestamp(up))', { legend: '{{job}}', every })],
      unit: Seconds,
      warnAt: 30,
      alarmAt: 120,
      width: 8,
    }),
    graph({
      title: 'Scrape duration',
      description:
        'The time a target needs to answer with all of its metrics. Near the timeout (4 s for the application, 10 s for others) it will soon have gaps.',
      queries: [promql('max by (job) (scrape_duration_seconds)', { legend: '{{job}}', every })],
      unit: Seconds,
      warnAt: 4,
      width: 8,
    }),
    bars({
      title: 'Samples by target',
      description: 'How many samples one scrape brings: who fills Mimir.',
      queries: [promqlNow('sort_desc(sum by (job) (scrape_samples_post_metric_relabeling))', { legend: '{{job}}' })],
      unit: Short,
      warnAt: 5_000,
      alarmAt: 20_000,
      width: 8,
    }),
  ],
};
