import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { startDockerApi } from '../support/docker-api.ts';
import { processorsOf, readConfiguration, startCollectorProgram } from '../support/otel-collector.ts';
import { realProgram } from '../support/real-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

// Dashboards ask for restarts with changes(container_start_time_seconds[1h]): a start time that differs by a second from scrape
// to scrape would count as a restart each time.

const collector = await realProgram('collector');

test('start times of the host and of a container are stable', { skip: collector.skip }, async () => {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'start-times');
  const socket = path.join(folder, 'docker.sock');
  const startedAt = '2026-11-20T09:30:07.300400500Z';
  resources.use(
    await startDockerApi(socket, [
      { id: '0123456789ab', project: 'mythical', service: 'loki', startedAt, lines: [] },
      { id: 'ba9876543210', project: 'another', service: 'loki', startedAt, lines: [] },
    ]),
  );

  const [host, containers] = [readConfiguration('host.yml'), readConfiguration('containers.yml')];
  // Each time, it ends on a different tenth of a second.
  const collection_interval = '310ms';
  const receivers = {
    host_metrics: { collection_interval, scrapers: { system: null } },
    docker_stats: { ...containers.receivers!.docker_stats, endpoint: `unix://${socket}`, collection_interval },
  };
  const output = path.join(folder, 'metrics.json');
  const pipelines = {
    'metrics/host': host.service.pipelines['metrics/host']!,
    'metrics/containers': containers.service.pipelines['metrics/containers']!,
  };
  for (const pipeline of Object.values(pipelines)) {
    pipeline.exporters = ['file'];
    pipeline.processors = pipeline.processors!.filter((name) => name !== 'memory_limiter');
  }
  const configuration = {
    receivers,
    processors: processorsOf(pipelines, host, containers),
    exporters: { file: { path: output, flush_interval: '100ms' } },
    service: { telemetry: { metrics: { level: 'none' } }, pipelines },
  };
  const running = resources.use(await startCollectorProgram(collector.path!, folder, configuration));

  const times = async (metric: string) => {
    const text = await readFile(output, 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    return lines.flatMap((line) => pointsOf(JSON.parse(line), metric));
  };
  for (const metric of ['container_start_time_seconds', 'node_boot_time_seconds']) {
    await until(async () => (await times(metric)).length >= 12, {
      what: () => `${metric}: ${running.lines.slice(-5).join('\n')}`,
    });
  }
  assert.deepEqual(
    [...new Set(await times('container_start_time_seconds'))],
    [Math.round(Date.parse(startedAt) / 1000)],
  );
  const [boot, ...others] = new Set(await times('node_boot_time_seconds'));
  assert.deepEqual(others, []);
  const btime = Number(/^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'))?.[1]);
  assert.ok(Math.abs(boot! - btime) <= 1, `${boot}, and ${btime} in /proc/stat`);
});

type ExportedMetrics = {
  resourceMetrics: {
    scopeMetrics: { metrics: { name: string; gauge?: { dataPoints: { asDouble: number }[] } }[] }[];
  }[];
};

const pointsOf = ({ resourceMetrics }: ExportedMetrics, metric: string): number[] =>
  resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .filter(({ name }) => name === metric)
    .flatMap(({ gauge }) => gauge!.dataPoints.map(({ asDouble }) => asDouble));
