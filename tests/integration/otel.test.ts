import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { SERVICES, TELEMETRY_PORTS } from '@mythical/common/services';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { parse } from 'yaml';
import { readDashboards } from '../../grafana/model/dashboards/read.ts';
import { SWITCHES } from '../e2e/stack/switches.ts';
import { startChildProgram } from '../support/child-program.ts';
import { startDockerApi } from '../support/docker-api.ts';
import { goPrograms } from '../support/images/go-programs.ts';
import { FLAGS, type LogsCollector, readConfiguration, startLogsCollector } from '../support/otel-collector.ts';
import { realProgram } from '../support/real-program.ts';

// Holds otel/ and docker-compose-otel.yml against source/common, against Alloy's configuration and docker-compose.yml, and
// runs the real programs on them: the collector, and Compose.

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const FILES = ['otel.yml', 'host.yml', 'containers.yml', 'frontend.yml'];
const otel = readConfiguration('otel.yml');
const overlay = parse(read('otel/compose.yml'), { logLevel: 'error' });
const alloy = ['metrics', 'spans', 'otlp', 'frontend']
  .map((module) => read(`alloy/modules/${module}.alloy`))
  .join('\n');

// biome-ignore lint/suspicious/noExplicitAny: the parts of a configuration, each of its own form
const part = (component: unknown): any => component;

describe('otel.yml', () => {
  type Scrape = {
    job_name: string;
    static_configs?: { targets: string[]; labels: { job: string; service_name: string; group: string } }[];
    metric_relabel_configs?: { regex: string; action: string }[];
  };
  const scrapes = part(otel.receivers?.prometheus).config.scrape_configs as Scrape[];
  const targets = scrapes.flatMap(({ static_configs = [] }) =>
    static_configs.flatMap(({ targets, labels }) => targets.map((address) => ({ address, ...labels }))),
  );

  for (const { name, port } of Object.values(SERVICES)) {
    test(`scrapes ${name} on its port`, () => {
      assert.deepEqual(
        targets.filter(({ address }) => address.startsWith(`${name}:`)),
        [{ address: `${name}:${port}`, job: name, service_name: name, group: 'mythical' }],
      );
    });
  }

  test('scrapes all that Alloy scrapes, with the same labels', () => {
    const own = { 'alloy:12345': 'otel-collector:8888', '127.0.0.1:12345': '127.0.0.1:8888', alloy: 'otel-collector' };
    const rename = (text: string) => own[text as keyof typeof own] ?? text;
    const scraped = [...alloy.matchAll(/\{("__address__" = .*?)\}/g)].map(([, labels = '']) =>
      Object.fromEntries(
        [...labels.matchAll(/"(\w+)" = "([^"]*)"/g)].map(([, label, value = '']) => [
          label === '__address__' ? 'address' : label,
          rename(value),
        ]),
      ),
    );
    assert.ok(scraped.length >= 11);
    const inOrder = (some: object[]) =>
      some.map((one) => JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toSorted();
    // Alloy's exporter of Postgres is no address.
    const others = targets.filter(({ job }) => job !== 'postgres');
    assert.deepEqual(inOrder(others), inOrder(scraped));
    for (const [, job] of alloy.matchAll(/target_label = "job"\s+replacement {2}= "([\w-]+)(?:\$1)?"/g)) {
      assert.ok(['postgres', 'node', 'containers', 'beyla-mythical-'].includes(job as string), job);
    }
  });

  test('drops the series that Alloy drops', () => {
    const [, regex] = /regex +=[^"]*"(go_\(gc_[^"]*)"/.exec(alloy) ?? [];
    assert.ok(regex);
    const stack = scrapes.find(({ job_name }) => job_name === 'stack');
    assert.equal(stack?.metric_relabel_configs?.[0]?.regex, `target_info|${regex}`);
  });

  test('drops the labels that Alloy drops, by which Beyla names itself', () => {
    const [, regex] = /prometheus\.relabel "beyla" \{.*?regex\s+= "([^"]*)"\s+action = "labeldrop"/s.exec(alloy) ?? [];
    assert.ok(regex);
    const beyla = scrapes.find(({ job_name }) => job_name === 'beyla');
    assert.deepEqual(beyla?.metric_relabel_configs, [{ regex, action: 'labeldrop' }]);
  });

  // Whoever reads it in a container sees the network of that container, and no dashboard should call it the machine's.
  test('leaves out the network of the machine, as Alloy does', () => {
    const { scrapers } = part(readConfiguration('host.yml').receivers?.host_metrics);
    const [, collectors] = /set_collectors = (\[.*\])/.exec(alloy) ?? [];
    assert.ok(JSON.parse(collectors ?? '').includes('cpu') && 'cpu' in scrapers);
    assert.ok(!JSON.parse(collectors!).includes('netdev') && !('network' in scrapers));
    for (const [name, dashboard] of readDashboards()) {
      assert.doesNotMatch(JSON.stringify(dashboard), /node_network_/, name);
    }
  });

  test('listens on the ports that the code and docker-compose.yml name', () => {
    const { grpc, http } = part(otel.receivers?.otlp).protocols;
    assert.equal(grpc.endpoint, `0.0.0.0:${TELEMETRY_PORTS.otlpGrpc}`);
    assert.equal(http.endpoint, `0.0.0.0:${TELEMETRY_PORTS.otlpHttp}`);
    const compose = parse(read('docker-compose.yml'), { merge: true });
    const published = (compose.services.alloy.ports as string[]).map((port) => port.split(':').at(-1));
    const endpoints = [
      otel.extensions?.zpages,
      { endpoint: grpc.endpoint },
      { endpoint: http.endpoint },
      readConfiguration('frontend.yml').receivers?.faro,
    ];
    assert.deepEqual(
      endpoints.map((component) => part(component).endpoint),
      published.map((port) => `0.0.0.0:${port}`),
    );
    const health = overlay.services['otel-collector'].healthcheck.test as string[];
    assert.equal(health.at(-1), `http://${part(otel.extensions?.health_check).endpoint}/`);
  });

  test('makes the same metrics of spans as Alloy and Tempo, and samples as Alloy does', () => {
    const { dimensions, histogram } = part(otel.connectors?.span_metrics);
    const names = dimensions.map(({ name }: { name: string }) => name);
    assert.deepEqual(
      names,
      [...alloy.matchAll(/dimension \{\s+name = "([^"]+)"/g)].map(([, name]) => name),
    );
    const tempo = parse(read('tempo/tempo.yaml')).metrics_generator.processor;
    assert.deepEqual(names, tempo.span_metrics.dimensions);
    for (const type of ENDPOINT_TYPES) assert.ok(names.includes(vocabularyOf(type).tag), `the kind of ${type}`);
    const buckets = JSON.parse(/buckets = (\[.*\])/.exec(alloy)?.[1] ?? '[]');
    assert.deepEqual(histogram.explicit.buckets, buckets);
    assert.deepEqual(
      part(otel.connectors?.service_graph).virtual_node_peer_attributes,
      tempo.service_graphs.peer_attributes,
    );
    const [errors, slow, rest] = part(otel.processors?.tail_sampling).policies;
    assert.deepEqual(errors.status_code.status_codes, ['ERROR']);
    assert.equal(slow.latency.threshold_ms, Number(/threshold_ms = (\d+)/.exec(alloy)?.[1]));
    assert.equal(rest.probabilistic.sampling_percentage, Number(/sampling_percentage = (\d+)/.exec(alloy)?.[1]));
  });

  test('sends to Loki the attributes that loki.yaml makes labels of', () => {
    const { resource_attributes, log_attributes } = parse(read('loki/loki.yaml')).limits_config.otlp_config;
    const labels = [...resource_attributes.attributes_config, ...log_attributes].flatMap(
      ({ attributes }) => attributes as string[],
    );
    const set = FILES.map((file) => read(`otel/${file}`)).join('\n');
    for (const label of labels) {
      // These two are set by whoever sends the record.
      if (label === 'beast' || label === 'kind') continue;
      assert.match(set, new RegExp(`(set|delete_key)\\((resource|log)\\.attributes(\\["|, ")${RegExp.escape(label)}"`));
    }
  });
});

describe('the files of a configuration', () => {
  const configurations = FILES.map(readConfiguration);

  test('are all loaded', () => {
    const command = overlay.services['otel-collector'].command as string[];
    assert.deepEqual(
      command.filter((argument) => !FLAGS.includes(argument)),
      FILES.map((file) => `--config=/etc/otel/${file}`),
    );
    const standIn = parse(read('tests/support/images/collector/compose.yml')).services['otel-collector'].command;
    assert.deepEqual(
      standIn,
      command.filter((argument) => !argument.includes('frontend')),
    );
  });

  for (const file of ['otel/otel.yml', 'docs/ways-to-run.md']) {
    test(`are all named where ${file} says how to validate them`, () => {
      const command = overlay.services['otel-collector'].command as string[];
      const [, args = ''] = /\/otelcol-contrib validate((?:[\s#\\]+--config=[\w./]+)+)/.exec(read(file)) ?? [];
      assert.deepEqual(
        args.match(/--config=\S+/g),
        command.filter((argument) => argument.startsWith('--config=')),
      );
    });
  }

  test('define nothing twice, because the later would replace the earlier without a word', () => {
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

  test('have a memory limiter first wherever data comes in', () => {
    for (const [name, { receivers, processors = [] }] of pipelines) {
      if (receivers.every((receiver) => connectors.includes(receiver))) continue;
      assert.equal(processors[0], 'memory_limiter', name);
    }
  });

  test('give up nothing while a backend is away', () => {
    for (const [name, exporter] of exporters) {
      const { retry_on_failure, timeout } = part(exporter);
      assert.equal(retry_on_failure.max_elapsed_time, '0s', name);
      // Of this exporter, it is the time for all attempts together.
      if (name.startsWith('prometheus_remote_write/')) assert.equal(timeout, '0s', name);
    }
  });

  test('make batches of what is on disk, and not before', () => {
    for (const [name, exporter] of exporters) {
      if (name.startsWith('prometheus_remote_write/')) continue;
      const { storage, sizer, queue_size, batch } = part(exporter).sending_queue;
      assert.deepEqual({ storage, sizer }, { storage: 'file_storage', sizer: 'bytes' }, name);
      assert.ok(batch.min_size < queue_size && queue_size <= 2 ** 30, name);
    }
    // It says that it took what it has in memory.
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

describe('docs/ways-to-run.md', () => {
  const page = read('docs/ways-to-run.md');

  test('names every kind of component that the collector has here', () => {
    for (const configuration of FILES.map(readConfiguration)) {
      for (const kind of ['receivers', 'processors', 'connectors', 'exporters', 'extensions'] as const) {
        for (const name of Object.keys(configuration[kind] ?? {})) {
          const [type] = name.split('/');
          // Its page is what the reader sees of it.
          if (type !== 'zpages') assert.ok(page.includes(`\`${kind}.${type}\``), `${kind}.${type}`);
        }
      }
    }
  });

  test('names every kind of component that Alloy has', () => {
    const modules = readdirSync(path.join(root, 'alloy/modules'));
    for (const module of modules) {
      for (const [, type] of read(`alloy/modules/${module}`).matchAll(/^\t(\w+(?:\.\w+)+) "\w+" \{$/gm)) {
        // Loki's stages are each named by themselves.
        if (type !== 'loki.process' && type !== 'otelcol.exporter.loki') {
          assert.ok(page.includes(`\`${type}\``), `${module}: ${type}`);
        }
      }
    }
  });
});

const compose = await realProgram('docker-compose');

describe('docker-compose-otel.yml', { skip: compose.skip }, () => {
  type Service = {
    image: string;
    build?: { args?: Record<string, string> };
    environment?: Record<string, string>;
    ports?: { target: number; published: string }[];
    volumes?: { target: string }[];
    networks?: object;
    depends_on?: Record<string, object>;
  };
  let base: Record<string, Service>;
  let variant: Record<string, Service>;

  async function resolved(file: string): Promise<Record<string, Service>> {
    const passwords = ['POSTGRES_PASSWORD', 'POSTGRES_READER_PASSWORD', 'RABBITMQ_PASSWORD', 'GRAFANA_ADMIN_PASSWORD'];
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: tmpdir(),
      COMPOSE_PROFILES: '*',
      LOGS_TARGET: 'http://alloy:3100/loki/api/v1/push',
      ...Object.fromEntries(passwords.map((password) => [password, 'secret'])),
    };
    const { stdout } = await run(compose.path!, ['-f', file, 'config', '--format', 'json'], { cwd: root, env });
    return JSON.parse(stdout).services;
  }

  before(async () => {
    base = await resolved('docker-compose.yml');
    variant = await resolved('docker-compose-otel.yml');
  });

  test('has the same services, with the collector and an exporter for Alloy', () => {
    const expected = [...Object.keys(base).filter((name) => name !== 'alloy'), 'otel-collector', 'postgres-exporter'];
    assert.deepEqual(Object.keys(variant).toSorted(), expected.toSorted());
  });

  test('changes nothing about them but where they send to', () => {
    const changed = new Set<string>();
    for (const [name, service] of Object.entries(base)) {
      if (name === 'alloy') continue;
      const other = variant[name]!;
      for (const [variable, value] of Object.entries(other.environment ?? {})) {
        if (value !== service.environment?.[variable]) changed.add(variable);
      }
      assert.deepEqual({ ...other, environment: {} }, { ...service, environment: {} }, name);
    }
    assert.deepEqual([...changed].toSorted(), [
      'LOGS_TARGET',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'OTEL_LOGS_EXPORTER',
      'PROFILE_COLLECTOR_HOST',
    ]);
  });

  test('has nobody left who sends to Alloy', () => {
    for (const [name, service] of Object.entries(variant)) {
      assert.doesNotMatch(JSON.stringify({ ...service, ports: [] }), /\balloy\b/, name);
    }
  });

  test('publishes the same ports', () => {
    assert.deepEqual(variant['otel-collector']?.ports, base.alloy?.ports);
  });

  test('pins the collector that the configuration is tested with', () => {
    assert.equal(
      variant['otel-collector']?.build?.args?.COLLECTOR_IMAGE,
      `otel/opentelemetry-collector-contrib:${goPrograms.collector.version}`,
    );
    assert.match(variant['postgres-exporter']!.image, new RegExp(`:v${goPrograms['postgres-exporter'].version}$`));
  });

  test('takes no more memory than docker-compose.yml and 64 MB', () => {
    const sum = (services: Record<string, Service>) =>
      Object.values(services).reduce((sum, service) => sum + Number(part(service).mem_limit), 0) / 1024 / 1024;
    assert.ok(sum(variant) <= sum(base) + 64, `${sum(variant)} MB, ${sum(base)} MB with Alloy`);
  });

  test('gives no rights to what runs in the place of Alloy', () => {
    for (const name of ['otel-collector', 'postgres-exporter']) {
      const { cap_drop, security_opt, read_only, privileged, healthcheck } = part(variant[name]);
      assert.deepEqual(
        { cap_drop, security_opt, read_only, privileged },
        {
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          read_only: true,
          privileged: undefined,
        },
      );
      assert.ok(healthcheck.test.length > 1);
    }
  });

  test('has the names of services in the log files that the collector reads', () => {
    for (const [name, service] of Object.entries(variant)) {
      assert.equal(part(service).logging.options.labels, 'com.docker.compose.project,com.docker.compose.service', name);
    }
  });
});

const collector = await realProgram('collector');

describe('the collector itself', { skip: collector.skip }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mythical-otel-'));
  after(() => rmSync(folder, { recursive: true }));

  const env = {
    PATH: process.env.PATH ?? '',
    COMPOSE_PROJECT_NAME: 'mythical',
    NAMESPACE: 'production',
    DOCKER_ROOT_DIR: '/var/lib/docker',
    FRONTEND_PORT: '3001',
  };
  /** The machine's file system is elsewhere in the container. */
  const here = '--config=yaml:receivers::host_metrics::root_path: /';

  const validate = (files: string[]) =>
    run(collector.path!, ['validate', ...files.map((file) => `--config=${file}`), here], { env, timeout: 30_000 });
  const inRepository = (names: string[]) => names.map((name) => path.join(root, 'otel', name));

  test('takes the configuration', async () => {
    await validate(inRepository(FILES.filter((file) => file !== 'frontend.yml')));
  });

  test('takes the configuration of Faro as well', async (t) => {
    const { stdout } = await run(collector.path!, ['components'], { timeout: 30_000 });
    // The collector that is made from packages has no such receiver.
    if (!/name: faro$/m.test(stdout)) return t.skip('not run: the receiver faro');
    await validate(inRepository(FILES));
  });

  test('does not take a name that no file defines', async () => {
    const file = path.join(folder, 'wrong.yml');
    await writeFile(file, read('otel/otel.yml').replace('processors: []', 'processors: [sampling]'));
    await assert.rejects(validate([file]), /processor "sampling"/);
  });

  for (const name of FILES.filter((file) => file !== 'frontend.yml')) {
    test(`sees what is wrong in ${name}, when all files are validated`, async () => {
      const file = path.join(folder, `wrong-${name}`);
      await writeFile(file, read(`otel/${name}`).replace(/^( +)processors: \[memory_limiter/m, '$&, nonsense'));
      const files = FILES.filter((file) => file !== 'frontend.yml');
      const paths = inRepository(files).map((each, index) => (files[index] === name ? file : each));
      await assert.rejects(validate(paths), /processor "nonsense"/);
    });
  }

  for (const edit of ['spanMetrics', 'tailSampling'] as const) {
    test(`takes the configuration with ${edit} switched on`, async () => {
      const before = read('otel/otel.yml');
      const after = SWITCHES['otel-collector'][edit](before);
      assert.notEqual(after, before);
      const file = path.join(folder, `${edit}.yml`);
      await writeFile(file, after);
      await validate([file, ...inRepository(['host.yml', 'containers.yml'])]);
    });
  }

  // A version that Docker doesn't speak keeps the collector from starting; one that is fixed is too old or too new somewhere.
  for (const { engine, min, max } of [
    { engine: '20.10', min: 12, max: 41 },
    { engine: '29', min: 44, max: 52 },
  ]) {
    test(`asks Docker ${engine} for its containers, in a version of the API that it speaks`, async () => {
      const socket = path.join(folder, `docker-${engine}.sock`);
      await using docker = await startDockerApi(socket, [], { min, max });
      const file = path.join(folder, `docker-${engine}.json`);
      const docker_stats = {
        ...readConfiguration('containers.yml').receivers?.docker_stats,
        endpoint: `unix://${socket}`,
      };
      await writeFile(
        file,
        JSON.stringify({
          receivers: { docker_stats },
          exporters: { debug: null },
          service: {
            telemetry: { metrics: { level: 'none' } },
            pipelines: { metrics: { receivers: ['docker_stats'], exporters: ['debug'] } },
          },
        }),
      );
      await using _running = await startChildProgram(collector.path!, [`--config=${file}`], {
        ready: (line) => line.includes('Everything is ready'),
      });
      assert.ok(docker.asked.includes('containers/json'), String(docker.asked));
    });
  }

  describe('makes of logs', () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const spanId = 'b7ad6b7169203331';
    let running: LogsCollector;
    before(async () => {
      running = await startLogsCollector(collector.path!, env);
      await running.write([
        { project: 'mythical', service: 'loki', log: 'ts=2026 level=warn msg="of a backend"' },
        { project: 'another', service: 'loki', log: 'of another project' },
        { log: 'of no project' },
        {
          project: 'mythical',
          service: 'mythical-server',
          log: `level=info msg="GET unicorn" endpoint=unicorn traceID=${traceId} spanID=${spanId}`,
        },
        { project: 'mythical', service: 'mythical-server', log: 'no logfmt at all' },
      ]);
    });
    after(() => running?.[Symbol.asyncDispose]());

    test('a record of a service: labels, ids, and nothing twice', async () => {
      const resource = {
        'service.name': 'mythical-server',
        'service.namespace': 'staging',
        'deployment.environment.name': 'staging',
        'telemetry.sdk.name': 'opentelemetry',
        'service.instance.id': 'i-1',
      };
      await running.send('otlp', resource, {
        severityText: 'WARN',
        traceId,
        spanId,
        body: 'line of the server',
        attributes: { beast: 'unicorn', endpoint: 'unicorn', 'http.method': 'POST', status: '500' },
      });
      assert.deepEqual(await running.arrived('line of the server'), {
        resource: {
          'service.name': 'mythical-server',
          'service.instance.id': 'i-1',
          job: 'mythical-server',
          namespace: 'staging',
          source: 'otlp',
        },
        attributes: { beast: 'unicorn', level: 'warn', traceID: traceId, spanID: spanId },
        body: 'line of the server',
      });
    });

    test('a record of anybody else: the same labels, and all of its attributes', async () => {
      await running.send('otlp', { 'service.name': 'other' }, { body: 'line of another', attributes: { a: 'b' } });
      assert.deepEqual(await running.arrived('line of another'), {
        resource: { 'service.name': 'other', job: 'other', source: 'otlp' },
        attributes: { a: 'b' },
        body: 'line of another',
      });
    });

    test('a record of a service with ENDPOINT_TYPE=BORING: endpoint in the place of beast', async () => {
      await using boring = await startLogsCollector(collector.path!, { ...env, ENDPOINT_TYPE: 'BORING' });
      const record = { body: 'a boring line', attributes: { endpoint: 'login', status: '200' } };
      await boring.send('otlp', { 'service.name': 'mythical-server' }, record);
      assert.deepEqual((await boring.arrived('a boring line')).attributes, { endpoint: 'login' });
    });

    test('a line in a file of Docker: the service that wrote it', async () => {
      assert.deepEqual(await running.arrived('of a backend'), {
        resource: { 'service.name': 'loki', job: 'loki', source: 'docker' },
        attributes: { stream: 'stdout' },
        body: 'ts=2026 level=warn msg="of a backend"',
      });
    });

    test('a line of a service in such a file: what it would have by OTLP', async () => {
      const { resource, attributes } = await running.arrived('GET unicorn');
      assert.deepEqual(resource, {
        'service.name': 'mythical-server',
        job: 'mythical-server',
        namespace: 'production',
        source: 'docker',
      });
      assert.deepEqual(attributes, {
        stream: 'stdout',
        level: 'info',
        beast: 'unicorn',
        traceID: traceId,
        spanID: spanId,
      });
      assert.deepEqual((await running.arrived('no logfmt')).attributes, { stream: 'stdout' });
    });

    test('a line of another project: nothing', async () => {
      await running.arrived('no logfmt');
      assert.deepEqual(
        (await running.records()).filter(({ body }) => /of (another|no) project/.test(body)),
        [],
      );
    });

    // What the receiver of 0.159 makes of Faro's JSON, according to its translator (pkg/translator/faro).
    test('an exception of a browser, as Faro has it: kind, and the frontend as its service', async () => {
      await running.send(
        'faro',
        { 'service.name': 'any app', 'service.version': '1.0.0' },
        {
          traceId,
          spanId,
          body: 'timestamp=2026 kind=exception type=Error value="of a browser"',
          attributes: { kind: 'exception' },
        },
      );
      const { resource, attributes } = await running.arrived('of a browser');
      assert.deepEqual(resource, {
        'service.name': 'mythical-frontend',
        'service.version': '1.0.0',
        job: 'mythical-frontend',
        source: 'faro',
      });
      assert.deepEqual(attributes, { kind: 'exception', traceID: traceId });
    });
  });
});
