import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { found } from '../support/until.ts';
import { alertsOf } from './alerts/rules.ts';
import { needs, WITHOUT } from './stack/addresses.ts';
import { evaluatedAlerts, firing } from './stack/alertmanager.ts';
import { collector, only, seriesOf, services, waitForStack } from './stack/contract.ts';
import * as loki from './stack/loki.ts';
import * as mimir from './stack/mimir.ts';
import * as pyroscope from './stack/pyroscope.ts';

waitForStack();

describe('infrastructure', () => {
  const containers = [
    ...services,
    'mythical-database',
    'mythical-queue',
    collector,
    ...(collector === 'otel-collector' ? ['postgres-exporter'] : []),
    'mimir',
    'loki',
    'tempo',
    'pyroscope',
    'grafana',
    'k6',
  ];

  for (const container of containers) {
    test(`${container}: CPU, memory, network and file system of the container`, needs(container), async () => {
      for (const metric of [
        'cpu_usage_seconds_total',
        'memory_working_set_bytes',
        'network_receive_bytes_total',
        // Docker, which the collector reads, counts writes only if the kernel counts them per cgroup. In Kubernetes, which also
        // has no host metrics, Alloy keeps only what dashboards show.
        ...(collector === 'alloy' && !WITHOUT.has('node') ? ['fs_writes_total'] : []),
      ]) {
        await found(metric, () => seriesOf(`container_${metric}{service_name="${container}"}`));
      }
    });
    // Alloy and the services send their own lines.
    test(`${container}: its log, joined with the metrics by service_name`, needs(container), async () => {
      await found('a line', async () => (await loki.lines(`{service_name="${container}"}`, { minutes: 60 })).length);
    });
  }

  for (const [job, metric] of [
    ['node', 'node_memory_MemAvailable_bytes'],
    ['node', 'node_cpu_seconds_total'],
    ['node', 'node_filesystem_avail_bytes'],
    ['postgres', 'pg_stat_database_xact_commit'],
    ['postgres', 'pg_stat_user_tables_n_live_tup'],
    ['rabbitmq', 'rabbitmq_connections'],
    ['rabbitmq-queues', 'rabbitmq_detailed_queue_messages'],
    collector === 'alloy'
      ? ['alloy', 'alloy_component_controller_running_components']
      : ['otel-collector', 'otelcol_exporter_queue_capacity'],
    ['mimir', 'cortex_ingester_memory_series'],
    ['loki', 'loki_distributor_lines_received_total'],
    ['tempo', 'tempo_distributor_spans_received_total'],
    ['pyroscope', 'pyroscope_distributor_received_samples_count'],
  ] as const) {
    test(`${job}: ${metric}`, needs(job), async () => {
      await found(metric, () => seriesOf(`${metric}{job="${job}"}`));
    });
  }

  test('Grafana: its own metrics', needs('grafana'), async () => {
    await found('grafana_build_info', () => seriesOf('grafana_build_info{job="grafana"}'));
  });

  test('every target responds to scrapes', async () => {
    const down = (await mimir.query('up == 0')).map(({ metric }) => metric.job);
    assert.deepEqual(
      down.filter((job) => !needs(String(job)).skip),
      [],
    );
  });

  test('no exporter queue is filling up', only('otel-collector'), async () => {
    const full = await found('its queues', async () => {
      const queues = await mimir.query(
        'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
      );
      return queues;
    });
    for (const { metric, value } of full) assert.ok(value < 0.5, `${metric.exporter}: ${value}`);
  });

  // Go programs expose profiles, but don't send them: Alloy scrapes.
  const needsProfiles = { skip: only('alloy').skip || needs('pyroscope').skip };
  for (const program of ['alloy', 'mimir', 'loki', 'tempo', 'pyroscope']) {
    test(`${program}: profiles of the program itself`, needsProfiles, async () => {
      await found(
        'frames',
        async () =>
          (await pyroscope.functions('process_cpu:cpu:nanoseconds:cpu:nanoseconds', `{service_name="${program}"}`, 15))
            .length > 3,
        120_000,
      );
    });
  }

  test('rules: series recorded by Mimir and Loki', async () => {
    await found('a recorded series of Mimir', () => seriesOf('slo:sli_error:ratio_rate1m'));
    await found('a recorded series of Loki', () => seriesOf('mythical:log_errors:rate1m'));
  });

  test('alerts: rules of Mimir and Loki, and their Alertmanager', async () => {
    const wanted = [...alertsOf('mimir'), ...alertsOf('loki')].map(({ alert }) => alert);
    await found('all alerting rules', async () => {
      const evaluated = await evaluatedAlerts();
      return wanted.every((alert) => evaluated.includes(alert));
    });
    for (const { labels } of await firing()) assert.ok(wanted.includes(labels.alertname!), labels.alertname);
  });
});
