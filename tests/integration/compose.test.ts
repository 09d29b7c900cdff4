import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { SERVICE_NODE_ARGS, SERVICES } from '@mythical/common/services';
import { parse } from 'yaml';
import { composeDefaults } from '../support/compose-settings.ts';

// Holds docker-compose.yml, .env.example, the Dockerfile and Alloy's targets against each other and against source/common.

type Service = {
  image: string;
  build?: { args?: Record<string, string> };
  pull_policy?: string;
  ports?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  tmpfs?: string[];
  healthcheck?: { test?: string[]; start_period?: string };
  mem_limit?: string;
  cap_drop?: string[];
  security_opt?: string[];
  read_only?: boolean;
  restart?: string;
  privileged?: boolean;
  profiles?: string[];
};

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
/** docker-compose.yml, and those that include it or change it. */
const FILES = ['docker-compose.yml', 'otel/compose.yml', 'cloud/compose.yml'];
const servicesOf = (file: string) => {
  const reset = { tag: '!reset', resolve: () => null };
  const { services } = parse(read(file), { merge: true, logLevel: 'error', customTags: [reset] });
  return Object.entries(services as Record<string, Service | null>).flatMap(([name, service]) =>
    service === null ? [] : [[name, service] as const],
  );
};
const services = servicesOf('docker-compose.yml');
const defaults = composeDefaults();
const dockerfile = read('source/Dockerfile');
const packageJson = JSON.parse(read('package.json'));

const megabytes = (limit: string) => {
  const [, number, unit] = /^(\d+)([mg])$/.exec(limit) ?? assert.fail(`${limit} is no memory limit like 320m`);
  return Number(number) * (unit === 'g' ? 1024 : 1);
};

/** The folders that an image declares as volumes: one that nothing is mounted on becomes a volume without a name. */
const VOLUMES_OF_IMAGES: [image: RegExp, folders: string[]][] = [
  [/^postgres:18/, ['/var/lib/postgresql']],
  [/^rabbitmq:/, ['/var/lib/rabbitmq']],
  [/^grafana\/pyroscope:/, ['/data', '/data-compactor', '/data-metastore']],
];

describe('docker-compose.yml', () => {
  for (const [name, service] of services) {
    test(`${name} is bounded, watched and unprivileged`, () => {
      assert.ok(service.healthcheck?.test?.length, 'a healthcheck');
      assert.ok(megabytes(service.mem_limit ?? ''));
      assert.deepEqual(service.cap_drop, ['ALL']);
      assert.ok(service.security_opt?.includes('no-new-privileges:true'));
      assert.equal(service.read_only, true);
      assert.ok(service.restart);
      assert.equal(service.privileged, undefined);
    });

    test(`${name} has an exact version`, () => {
      const build = services.find(([, { image, build }]) => build && image === service.image)?.[1].build;
      const images = build ? Object.values(build.args ?? {}).filter((value) => value.includes(':')) : [service.image];
      for (const image of images) assert.match(image, /:v?\d+\.\d+/);
    });

    test(`${name} listens only where .env says`, () => {
      for (const port of service.ports ?? []) {
        const [, variable, value] =
          /^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:\$\{(\w+):-(\d+)\}:\d+$/.exec(port) ?? assert.fail(port);
        assert.equal(defaults[variable as string], value, variable);
      }
    });

    test(`${name} reaches the others past a proxy that Docker tells it of`, () => {
      const { NO_PROXY, no_proxy } = service.environment ?? {};
      const direct = NO_PROXY?.split(',') ?? [];
      assert.equal(no_proxy, NO_PROXY);
      for (const host of ['localhost', '127.0.0.1', ...services.map(([name]) => name)]) {
        assert.ok(direct.includes(host), host);
      }
    });

    test(`${name} leaves no volume without a name behind`, () => {
      const mounts = [...(service.volumes ?? []), ...(service.tmpfs ?? [])];
      const folders = VOLUMES_OF_IMAGES.find(([image]) => image.test(service.image))?.[1] ?? [];
      for (const folder of folders) {
        const mounted = new RegExp(`(^|:)${folder}(:|$)`);
        assert.ok(
          mounts.some((mount) => mounted.test(mount)),
          folder,
        );
      }
    });
  }

  test('all containers that run by default may take less than 4.5 GB together', (t) => {
    const byDefault = services.filter(([, { profiles = [] }]) => profiles.length === 0);
    const sum = byDefault.reduce((sum, [, { mem_limit }]) => sum + megabytes(mem_limit ?? ''), 0);
    t.diagnostic(`${sum} MB`);
    assert.ok(sum < 4608, `${sum} MB`);
    assert.match(read('docs/stack.md'), new RegExp(`\\| all \\|.*\\| ${(sum / 1000).toFixed(1)} GB \\|`));
  });

  test('the log of RabbitMQ in memory fits into its container three times', () => {
    const [, bytes] = /^raft\.wal_max_size_bytes = (\d+)$/m.exec(read('rabbitmq/mythical.conf')) ?? [];
    const queue = services.find(([name]) => name === 'mythical-queue')?.[1];
    assert.ok(3 * Number(bytes) < (megabytes(queue?.mem_limit ?? '') * 2 ** 20) / 2, bytes);
  });

  test('the healthcheck of RabbitMQ sends a password of any length', async (t) => {
    const password = 'long and @/#% odd '.repeat(10);
    const asked = Promise.withResolvers<string | undefined>();
    const broker = createServer(({ headers }, response) => {
      asked.resolve(headers.authorization);
      response.end('{"status":"ok"}');
    }).listen(0, '127.0.0.1');
    await once(broker, 'listening');
    t.after(() => broker.close());
    const script = read('rabbitmq/healthcheck.sh').replace('/15672', `/${(broker.address() as AddressInfo).port}`);
    const env = { PATH: process.env.PATH, RABBITMQ_DEFAULT_USER: 'mythical', RABBITMQ_DEFAULT_PASS: password };
    await promisify(execFile)('bash', ['-c', script], { env });
    assert.equal(await asked.promise, `Basic ${Buffer.from(`mythical:${password}`).toString('base64')}`);
  });

  test('each image is built once', () => {
    const built = services.filter(([, { build }]) => build).map(([, { image }]) => image);
    assert.deepEqual(built, [...new Set(built)]);
  });

  for (const [key, { name, port }] of Object.entries(SERVICES)) {
    test(`${name} is there, on the port that the code names`, () => {
      const service = services.find(([service]) => service === name)?.[1];
      assert.ok(service);
      assert.equal(service.build?.args?.SERVICE, key);
      assert.ok(service.ports?.[0]?.endsWith(`:-${port}}:${port}`));
    });
  }
});

describe('all compose files', () => {
  const compose = FILES.map(read).join('\n');

  for (const file of FILES) {
    for (const [name, { image, build, pull_policy, healthcheck }] of servicesOf(file)) {
      test(`${file}: ${name} asks no registry for an image that is built here`, () => {
        if (build) assert.equal(pull_policy, 'build');
        else if (image?.startsWith('mythical/')) assert.equal(pull_policy, 'never');
      });

      test(`${file}: the healthcheck of ${name} goes past any proxy, and gives a slow start its time`, () => {
        // BusyBox' wget does as http_proxy says, whatever is in NO_PROXY.
        if (healthcheck?.test?.some((word) => /wget$/.test(word))) assert.match(healthcheck.test.join(' '), / -Y off /);
        if (healthcheck?.start_period) assert.equal(healthcheck.start_period, '5m');
      });
    }
  }

  test('send browsers to PUBLIC_HOST, and allow pages from there', () => {
    const localhost = compose.split('\n').filter((line) => /http:\/\/localhost:\$/.test(line));
    assert.deepEqual(
      localhost.filter((line) => !/CORS_ALLOWED_ORIGINS/.test(line)),
      [],
    );
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are variables of Compose and of the collector
    assert.ok(compose.includes('CORS_ALLOWED_ORIGINS: &frontend-origins http://${PUBLIC_HOST:-localhost}:'));
    assert.ok(read('otel/frontend.yml').includes('- http://${env:PUBLIC_HOST:-localhost}:${env:FRONTEND_PORT}\n'));
    assert.ok(read('otel/otel.yml').includes('allowed_origins: ["http://${env:PUBLIC_HOST:-localhost}:*"'));
    assert.ok(
      read('alloy/modules/otlp.alloy').includes('["http://" + coalesce(sys.env("PUBLIC_HOST"), "localhost") + ":*"'),
    );
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: end
  });

  test('need a Compose that knows !override, as the texts say', () => {
    assert.match(compose, /!override/);
    const texts = [
      'docs/ways-to-run.md',
      'README.md',
      'docs/stack.md',
      ...FILES,
      'docker-compose-otel.yml',
      'docker-compose-cloud.yml',
    ];
    for (const file of texts) assert.doesNotMatch(read(file), /Compose 2\.(?!24\.4\b)\d/, file);
    assert.match(read('docs/ways-to-run.md'), /Compose 2\.24\.4/);
  });

  test('put no password into a URL', () => {
    assert.doesNotMatch(compose, /:\/\/[^\s"]*PASSWORD/);
    for (const [name, { environment = {} }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (/PASS/.test(variable)) assert.match(String(value), /^\$\{\w+:-[\w-]+\}$/, `${name}: ${variable}`);
      }
    }
  });
});

describe('.env.example', () => {
  const compose = FILES.map(read).join('\n');
  /** For tests and exercises, or set by a file of ours: nobody needs to know them. */
  const INTERNAL = /^(ALLOY_CONFIG|OTEL_CONFIG|MIMIR_RULES|LOKI_RULES|\w+_UID|COMPOSE_PROJECT_NAME)$/;

  test('has the default of each variable, which is the same wherever it is read', () => {
    const found = [...compose.matchAll(/\$\{(\w+)(?:(:?[-+])([^${}]*))?/g)];
    assert.ok(found.length > 50);
    for (const [, variable = '', operator, fallback] of found) {
      if (INTERNAL.test(variable) || operator?.endsWith('+')) continue;
      assert.ok(variable in defaults, `${variable} is missing`);
      // With the collector, log records go by OTLP; links lead to Grafana, and /dev/null is no certificate.
      if (['OTEL_LOGS_EXPORTER', 'GRAFANA_URL', 'CLOUD_CA_FILE'].includes(variable)) continue;
      assert.equal(fallback ?? '', defaults[variable], variable);
    }
  });

  test('has none in vain, and nothing that counts as it is', () => {
    for (const variable of Object.keys(defaults)) {
      // Compose itself takes the profiles from it.
      if (variable !== 'COMPOSE_PROFILES') assert.ok(compose.includes(`\${${variable}`), variable);
    }
    assert.doesNotMatch(read('.env.example'), /^[^#\n]/m);
  });

  test('stays the only one in git', () => {
    assert.match(read('.gitignore'), /^\.env$/m);
    const { stdout } = spawnSync('git', ['ls-files', '.env'], { cwd: root, encoding: 'utf8' });
    assert.equal(stdout, '');
  });
});

describe('source/Dockerfile', () => {
  test('knows every workspace, which the lockfile asks for', () => {
    for (const workspace of packageJson.workspaces as string[]) {
      assert.ok(dockerfile.includes(`COPY ${workspace}/package.json ${workspace}/`), workspace);
    }
  });

  test('gives the user of the image what was cloned under a strict umask', (t) => {
    const [, run] =
      /^RUN (test -f source[\s\S]+?[^\\])\n/m.exec(dockerfile) ?? assert.fail('the RUN of the stage "service"');
    const folder = mkdtempSync(path.join(tmpdir(), 'mythical-umask-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const name of ['server', 'common/http']) {
      mkdirSync(path.join(folder, 'source', name), { recursive: true, mode: 0o700 });
      writeFileSync(path.join(folder, 'source', name, 'main.ts'), '', { mode: 0o600 });
    }
    const { status } = spawnSync('sh', ['-ec', run as string], {
      cwd: folder,
      env: { ...process.env, SERVICE: 'server' },
    });
    assert.equal(status, 0);
    const modeOf = (name: string) => statSync(path.join(folder, 'source', name)).mode & 0o777;
    assert.deepEqual(
      ['server', 'common', 'server/main.ts', 'common/http/main.ts'].map(modeOf),
      [0o755, 0o755, 0o644, 0o644],
    );
  });

  test('is based on a Debian that is maintained', () => {
    assert.doesNotMatch(dockerfile, /debian1[0-2]|bookworm/);
  });

  test('has the version of Node that npm installs, and its arguments', () => {
    assert.ok(dockerfile.includes(`NODE_IMAGE=node:${packageJson.dependencies.node}-`));
    assert.ok(dockerfile.includes(`NODE_OPTIONS=${SERVICE_NODE_ARGS.join(' ')}\n`));
  });
});

describe('alloy', () => {
  const modules = readdirSync(path.join(root, 'alloy/modules')).map((file) => read(`alloy/modules/${file}`));

  for (const { name, port } of Object.values(SERVICES)) {
    test(`scrapes metrics and profiles of ${name} on its port`, () => {
      const targets = modules.flatMap(
        (module) => module.match(new RegExp(`"__address__" = "${name}:\\d+", .*`, 'g')) ?? [],
      );
      assert.equal(targets.length, 2);
      for (const target of targets) {
        assert.ok(target.includes(`"${name}:${port}"`), target);
        assert.ok(target.includes(`"service_name" = "${name}"`), target);
      }
    });
  }

  test('encodes passwords where they become part of a URL', () => {
    const passwords = modules.flatMap((module) => module.match(/.{0,20}sys\.env\("\w*PASSWORD\w*"\)/g) ?? []);
    assert.ok(passwords.length > 0);
    for (const password of passwords) assert.match(password, /encoding\.url_encode\(sys/);
  });

  test('writes span logs as dashboards of grafana/intro-to-mltp look for them: {job="alloy"} | logfmt | status="Error"', () => {
    const spans = read('alloy/modules/spans.alloy');
    assert.match(spans, /stage\.static_labels \{\s+values = \{"job" = "alloy"/);
    // The name that the component gives it.
    assert.doesNotMatch(spans, /status_key/);
  });

  test('uses every module, and only those that exist', () => {
    const config = read('alloy/config.alloy');
    const imported = [...config.matchAll(/"modules\/(\w+\.alloy)"/g)].map(([, file]) => file);
    assert.deepEqual(imported.toSorted(), readdirSync(path.join(root, 'alloy/modules')).toSorted());
  });
});

describe('the folders of a backend', () => {
  for (const file of ['mimir/mimir.yml', 'loki/loki.yaml', 'tempo/tempo.yaml', 'pyroscope/pyroscope.yaml']) {
    // Mimir takes /data/a for a part of /data/ab/c, and refuses to start. In each, one in the other is one on purpose.
    test(`${file}: no name begins with that of another`, () => {
      const folders = foldersIn(parse(read(file)));
      assert.ok(folders.length > 1);
      for (const one of folders) {
        for (const other of folders) {
          if (!other.startsWith(`${one}/`)) assert.ok(one === other || !other.startsWith(one), `${one} and ${other}`);
        }
      }
    });
  }
});

/** All values in a configuration that are absolute paths. */
function foldersIn(node: unknown): string[] {
  if (typeof node === 'string') return node.startsWith('/') ? [node] : [];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(foldersIn) : [];
}
