import { Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Row } from '../layout/dashboard.ts';
import { graph } from '../panels/graph.ts';
import { perSecond } from '../panels/look.ts';
import { promql, promqlByLegend } from '../queries/queries.ts';
import { SERIES } from '../queries/signals.ts';
import { every, lostOnTheWay, otelcol, rateOf, sumOf } from '../queries/stack.ts';

export const collector: Row = {
  title: 'Collector',
  panels: [
    graph({
      title: 'Sent by signal',
      description:
        'What Alloy (or the OpenTelemetry Collector in its place) sends to the backends per second. A line at zero means that no data of that signal is sent.',
      queries: promqlByLegend(every, {
        'samples → Mimir': sumOf(
          'prometheus_remote_storage_samples_total{job="alloy"}',
          otelcol('exporter_sent_metric_points'),
        ),
        'lines → Loki': sumOf('loki_write_sent_entries_total', otelcol('exporter_sent_log_records')),
        'spans → Tempo': sumOf(otelcol('exporter_sent_spans')),
        // The second query is for the collector, which takes no profiles: it counts what the services send.
        'profiles → Pyroscope': rateOf(
          'pyroscope_write_sent_profiles_total',
          'pyroscope_distributor_received_samples_count',
        ),
      }),
      unit: perSecond(),
      logarithmic: true,
    }),
    graph({
      title: 'Dropped and failed',
      description:
        'All of these should be zero: data that a backend rejected, that could not be delivered before the collector gave up, or that did not fit into a queue; spans that the collector refused; and what the services themselves dropped.',
      queries: [
        ...promqlByLegend(every, {
          samples: sumOf(
            'prometheus_remote_storage_samples_failed_total{job="alloy"}',
            ...lostOnTheWay('metric_points'),
          ),
          lines: sumOf('loki_write_dropped_entries_total', ...lostOnTheWay('log_records')),
          spans: sumOf(otelcol('receiver_refused_spans'), ...lostOnTheWay('spans')),
        }),
        ...promqlByLegend('5s', {
          'lines, dropped by services': sumOf(`${SERIES.logLines}{outcome="dropped"}`),
          'spans, dropped by services': sumOf('otel_sdk_processor_span_processed_total{error_type!=""}'),
        }),
      ],
      unit: perSecond(),
      softMax: 1,
      alarmAt: 0.1,
    }),
    graph({
      title: 'Exporter queues',
      description: 'Data waiting to be sent. It grows while a backend is down, and shrinks when the backend is back.',
      queries: [
        ...promqlByLegend(every, {
          samples: 'sum(prometheus_remote_storage_samples_pending{job="alloy"}) or vector(0)',
          // Alloy counts batches, and so does the collector's in-memory queue. The collector's queue on disk is counted in bytes.
          batches:
            'sum(otelcol_exporter_queue_size{job="alloy"} or otelcol_exporter_queue_size{exporter=~"prometheus_.+"})',
          'kB on disk':
            'sum(otelcol_exporter_queue_size{job="otel-collector", exporter=~"otlp_.+"}) / 1000 or vector(0)',
        }),
        ...promqlByLegend('5s', {
          'lines in the services': `sum(${SERIES.logLinesWaiting}) or vector(0)`,
          'spans in the services': 'sum(otel_sdk_processor_span_queue_size)',
        }),
      ],
      unit: Short,
    }),
    graph({
      title: 'Age of newest sample',
      description: 'By target. Up to 15 s, the scrape interval, is normal; beyond 30 s, graphs end before the present.',
      queries: [promql('max by (job) (time() - timestamp(up))', { every })],
      unit: Seconds,
      warnAt: 30,
      alarmAt: 120,
      width: 12,
      height: 9,
    }),
    graph({
      title: 'Scrape duration',
      description:
        'How long each target takes to return all of its metrics. When it gets close to the timeout (4 s for the application, 10 s for others), expect gaps.',
      queries: [promql('max by (job) (scrape_duration_seconds)', { every })],
      unit: Seconds,
      warnAt: 4,
      width: 12,
      height: 9,
    }),
  ],
};
