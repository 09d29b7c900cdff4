import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { SWITCHES } from '../e2e/stack/switches.ts';
import { startDockerApi } from '../support/docker-api.ts';
import {
  COLLECTOR_VARIABLES,
  FLAGS,
  OTEL_FILES,
  readConfiguration,
  startCollectorProgram,
} from '../support/otel-collector.ts';
import { read, root, run } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { useFolder } from '../support/temporary-folder.ts';

// The files of otel/ as one configuration, and the real collector with it.

const overlay = parse(read('otel/compose.yml'), { logLevel: 'error' });

// biome-ignore lint/suspicious/noExplicitAny: each part of a configuration has a different shape
const part = (component: unknown): any => component;

describe('the files of a configuration', () => {
  const configurations = OTEL_FILES.map(readConfiguration);

  test('are all loaded', () => {
    const command = overlay.services['otel-collector'].command as string[];
    assert.deepEqual(
      command.filter((argument) => !FLAGS.includes(argument)),
      OTEL_FILES.map((file) => `--config=/etc/otel/${file}`),
    );
  });

  for (const file of ['otel/otel.yml', 'docs/ways-to-run.md']) {
    test(`are all in the validate command of ${file}`, () => {
      const command = overlay.services['otel-collector'].command as string[];
      const [, args = ''] = /\/otelcol-contrib validate((?:[\s#\\]+--config=[\w./]+)+)/.exec(read(file)) ?? [];
      assert.deepEqual(
        args.match(/--config=\S+/g),
        command.filter((argument) => argument.startsWith('--config=')),
      );
    });
  }

  test('define nothing twice, because the later definition would silently replace the earlier one', () => {
    for (const kind of ['receivers', 'processors', 'connectors', 'exporters', 'extensions'] as const) {
      const names = configurations.flatMap((configuration) => Object.keys(configuration[kind] ?? {}));
      assert.equal(new Set(names).size, names.length, `${kind}: ${names}`);
    }
    const pipelines = configurations.flatMap(({ service }) => Object.keys(service.pipelines));
    assert.equal(new Set(pipelines).size, pipelines.length);
    assert.equal(configurations.filter(({ service }) => service.extensions).length, 1);
  });

  const pipelines = configurations.flatMap(({ service }) => Object.entries(service.pipelines));
  const connectors = configurations.flatMap(({ connectors = {} }) => Object.keys(connectors));
  const exporters = configurations.flatMap(({ exporters = {} }) => Object.entries(exporters));

  test('have a memory limiter first in every pipeline', () => {
    for (const [name, { receivers, processors = [] }] of pipelines) {
      if (receivers.every((receiver) => connectors.includes(receiver))) continue;
      assert.equal(processors[0], 'memory_limiter', name);
    }
  });

  test('drop nothing while a backend is down', () => {
    for (const [name, exporter] of exporters) {
      const { retry_on_failure, timeout } = part(exporter);
      assert.equal(retry_on_failure.max_elapsed_time, '0s', name);
      // For this exporter, it covers all attempts together.
      if (name.startsWith('prometheus_remote_write/')) assert.equal(timeout, '0s', name);
    }
  });

  test('build batches from data on disk, and not before', () => {
    for (const [name, exporter] of exporters) {
      if (name.startsWith('prometheus_remote_write/')) continue;
      const { storage, sizer, queue_size, batch } = part(exporter).sending_queue;
      assert.deepEqual({ storage, sizer }, { storage: 'file_storage', sizer: 'bytes' }, name);
      assert.ok(batch.min_size < queue_size && queue_size <= 2 ** 30, name);
    }
    // It confirms data that is only in memory.
    for (const [name, { processors = [] }] of pipelines) assert.ok(!processors.includes('batch'), name);
  });

  test('send all traces through the same processors', () => {
    const toTempo = pipelines.filter(([, { exporters }]) => exporters.includes('otlp_grpc/tempo'));
    assert.deepEqual(
      toTempo.map(([name, { receivers }]) => ({ name, receivers })),
      [{ name: 'traces', receivers: ['forward'] }],
    );
    const incoming = pipelines.filter(([name]) => /^traces\b/.test(name) && name !== 'traces');
    assert.deepEqual(
      incoming.map(([name, { processors, exporters }]) => ({ name, processors, exporters })),
      ['traces/otlp', 'traces/frontend'].map((name) => ({
        name,
        processors: ['memory_limiter'],
        exporters: ['forward'],
      })),
    );
  });
});

const collector = await realProgram('collector');

describe('the collector itself', { skip: collector.skip }, () => {
  const folder = useFolder('otel');

  const env = {
    ...COLLECTOR_VARIABLES,
    PATH: process.env.PATH ?? '',
    DOCKER_ROOT_DIR: '/var/lib/docker',
  };
  /** In the container, the host's file system and the data volume are at other paths. */
  const here = [
    'receivers::host_metrics::root_path: /',
    `extensions::file_storage::directory: ${folder}`,
    `extensions::file_storage::compaction::directory: ${folder}`,
  ].map((setting) => `--config=yaml:${setting}`);

  const validate = (files: string[]) =>
    run(collector.path!, ['validate', ...files.map((file) => `--config=${file}`), ...here], { env, timeout: 30_000 });
  const inRepository = (names: string[]) => names.map((name) => path.join(root, 'otel', name));

  test('accepts the configuration', async () => {
    await validate(inRepository(OTEL_FILES));
  });

  test('rejects a name that no file defines', async () => {
    const file = path.join(folder, 'wrong.yml');
    await writeFile(file, read('otel/otel.yml').replace('processors: []', 'processors: [sampling]'));
    await assert.rejects(validate([file]), /processor "sampling"/);
  });

  for (const name of OTEL_FILES) {
    test(`finds the mistake in ${name} if all files are validated`, async () => {
      const file = path.join(folder, `wrong-${name}`);
      await writeFile(file, read(`otel/${name}`).replace(/^( +)processors: \[memory_limiter/m, '$&, nonsense'));
      const paths = inRepository(OTEL_FILES).map((each, index) => (OTEL_FILES[index] === name ? file : each));
      await assert.rejects(validate(paths), /processor "nonsense"/);
    });
  }

  for (const edit of ['spanMetrics', 'tailSampling'] as const) {
    test(`accepts the configuration with ${edit} switched on`, async () => {
      const before = read('otel/otel.yml');
      const after = SWITCHES['otel-collector'][edit](before);
      assert.notEqual(after, before);
      const file = path.join(folder, `${edit}.yml`);
      await writeFile(file, after);
      await validate([file, ...inRepository(OTEL_FILES.filter((name) => name !== 'otel.yml'))]);
    });
  }

  // With an API version that Docker doesn't support, the collector doesn't start; a fixed one is too old or too new somewhere.
  for (const { engine, min, max } of [
    { engine: '20.10', min: 12, max: 41 },
    { engine: '29', min: 44, max: 52 },
  ]) {
    test(`discovers the containers of Docker ${engine} with a supported API version`, async () => {
      const socket = path.join(folder, `docker-${engine}.sock`);
      await using docker = await startDockerApi(socket, [], { min, max });
      const docker_stats = {
        ...readConfiguration('containers.yml').receivers?.docker_stats,
        endpoint: `unix://${socket}`,
      };
      await using _running = await startCollectorProgram(collector.path!, folder, {
        receivers: { docker_stats },
        exporters: { debug: null },
        service: {
          telemetry: { metrics: { level: 'none' } },
          pipelines: { metrics: { receivers: ['docker_stats'], exporters: ['debug'] } },
        },
      });
      assert.ok(docker.asked.includes('containers/json'), String(docker.asked));
    });
  }
});
