import assert from 'node:assert/strict';
import { chmod, cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FRONTEND, SERVICES } from '@mythical/common/services';
import { IN_MEMORY, type Lens, startLens } from '../../source/lens/lens.ts';
import { askPrometheus, count, isEmpty, metricQueries, whyEmpty } from '../support/metric-queries.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { realProgram } from '../support/real-program.ts';
import { rowsOf } from '../support/sandbox.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { found, until } from '../support/until.ts';
import { RULE_FOLDERS, readRules } from './alerts/rules.ts';
import { visit } from './dashboards/visit.ts';
import { compose, containers, docker } from './stack/docker.ts';
import { SWITCHES } from './stack/switches.ts';

// npm run test:compose: starts docker-compose-otel.yml with images that `npm run images` builds from packages, and with
// Prometheus and lens, which run outside of Docker, as backends (packages/compose.yml); and counts every signal of every service.

const services = Object.values(SERVICES).map(({ name }) => name);
const SERVICES_OF_COMPOSE = [
  ...services,
  FRONTEND.name,
  'mythical-database',
  'mythical-queue',
  'otel-collector',
  'postgres-exporter',
];

const [prometheusProgram, composeProgram] = [await realProgram('prometheus'), await realProgram('docker-compose')];
const skip = prometheusProgram.skip || composeProgram.skip;

describe('the stack of Docker Compose', { skip }, () => {
  const resources = new AsyncDisposableStack();
  let lens: Lens;
  let prometheus: Prometheus;

  before(async () => {
    const everywhere = '0.0.0.0';
    lens = resources.use(
      await startLens({ ...IN_MEMORY, listenAddress: everywhere, allowedHosts: ['backends'] }, assert.fail),
    );
    const rules = readRules('mimir').map(({ file }) => path.join(RULE_FOLDERS.mimir, file));
    prometheus = resources.use(await startPrometheus(prometheusProgram.path!, rules, everywhere));
    const files = ['docker-compose.yml', 'otel/compose.yml', 'tests/e2e/packages/compose.yml'];
    Object.assign(process.env, {
      COMPOSE: composeProgram.path,
      COMPOSE_FILE: files.join(path.delimiter),
      COMPOSE_PROFILES: '',
      // Not every Docker has BuildKit. Without it, only consecutive builds share layers.
      DOCKER_BUILDKIT: '0',
      COMPOSE_BAKE: 'false',
      COMPOSE_PARALLEL_LIMIT: '1',
      DOCKER_ROOT_DIR: (await docker('info', '--format', '{{.DockerRootDir}}')).trim(),
      OTEL_CONFIG: await withSpanMetrics(resources),
      LENS_PORT: String(lens.ports.http),
      LENS_GRPC_PORT: String(lens.ports.otlpGrpc),
      PROMETHEUS_PORT: new URL(prometheus.url).port,
    });
    resources.defer(async () => void (await compose('down', '--volumes', '--timeout', '12')));
    // Without Loki and the others, on which these services otherwise depend.
    await compose('up', '--detach', '--wait', '--no-deps', ...SERVICES_OF_COMPOSE).catch(async (error) => {
      const states = (await containers()).map(({ service, state, health }) => `${service}: ${state}, ${health}`);
      const lines = await compose('logs', '--no-color', '--tail', '20');
      throw new Error(`${error.message}\n${states.join('\n')}\n${lines}`);
    });
  });
  after(() => resources[Symbol.asyncDispose]());

  test('every container is healthy, and none was started twice', async () => {
    const found = await containers();
    assert.deepEqual(
      found.map(({ service, health, restarts }) => ({ service, health, restarts })).sort(byService),
      SERVICES_OF_COMPOSE.map((service) => ({ service, health: 'healthy', restarts: 0 })).sort(byService),
    );
  });

  for (const name of services) {
    test(`${name}: metrics, logs, spans and profiles, counted`, async (t) => {
      const complete = async () => {
        const its = (await lens.summary()).services.find((service) => service.name === name);
        return its && its.spans > 100 && its.logs > 100 && its.profiles > 0 && its;
      };
      const its = await found(`each signal of ${name} in lens`, complete, 90_000);
      const series = await until(() => count(prometheus.url, `{service_name="${name}", group="mythical"}`));
      t.diagnostic(`${series} series, ${its.logs} lines, ${its.spans} spans, ${its.profiles} rows of profiles`);
    });
  }

  test('user actions are whole traces: requester, server, queue, recorder', async (t) => {
    const whole = await found('whole traces', async () => {
      const [row] = rowsOf<{ n: number }>(
        await lens.query(`
          select count(*)::int as n from (
            select trace_id from spans group by trace_id having count(distinct service) = ${services.length})`),
      );
      return row!.n > 100 && row!.n;
    });
    t.diagnostic(`${whole} whole traces`);
  });

  for (const [job, metric] of [
    ['node', 'node_cpu_seconds_total'],
    ['containers', 'container_memory_working_set_bytes'],
    ['postgres', 'pg_stat_database_xact_commit'],
    ['postgres', 'pg_stat_statements_calls_total'],
    ['rabbitmq', 'rabbitmq_connections'],
    ['rabbitmq-queues', 'rabbitmq_detailed_queue_messages'],
    ['otel-collector', 'otelcol_exporter_queue_capacity'],
  ]) {
    test(`${job}: ${metric}`, async () => {
      await found(metric!, () => count(prometheus.url, `${metric}{job="${job}"}`));
    });
  }

  test('a visit to the page, and the lines of containers', async () => {
    await visit();
    for (const service of [FRONTEND.name, 'mythical-database']) {
      const lines = `select 1 from logs where service = '${service}' limit 1`;
      await found(`a line of ${service}`, async () => (await lens.query(lines)).rows.length, 30_000);
    }
  });

  test('every metric query of a dashboard is valid, and has data if its metrics exist', async (t) => {
    let [answered, empty] = [0, [] as string[]];
    await until(
      async () => {
        [answered, empty] = [0, []];
        for (const query of metricQueries()) {
          if (!isEmpty(await askPrometheus(prometheus.url, query))) answered++;
          else if (!(await whyEmpty(prometheus.url, query))) empty.push(`${query.panel.title}: ${query.target.expr}`);
        }
        return empty.length === 0;
      },
      { timeoutMs: 90_000, intervalMs: 5_000, what: () => `data for\n${empty.join('\n')}` },
    );
    t.diagnostic(`${answered} of ${metricQueries().length} have data`);
  });
});

/** The folder otel/ with the collector's own span metrics and service graph, which Tempo otherwise generates. */
async function withSpanMetrics(resources: AsyncDisposableStack): Promise<string> {
  const { folder, file, spanMetrics } = SWITCHES['otel-collector'];
  const copy = await temporaryFolder(resources, 'otel');
  await cp(folder, copy, { recursive: true });
  await chmod(copy, 0o755);
  await writeFile(path.join(copy, file), spanMetrics(await readFile(path.join(folder, file), 'utf8')));
  return copy;
}

function byService(a: { service: string }, b: { service: string }): number {
  return a.service < b.service ? -1 : 1;
}
