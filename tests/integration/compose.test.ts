import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { COMPOSE_FILES, servicesOf } from '../support/compose-files.ts';
import { composeDefaults } from '../support/compose-settings.ts';
import { read, run } from '../support/project.ts';
import { serve } from '../support/serve.ts';

// Compares the Compose files with .env.example and source/common.

const services = servicesOf('docker-compose.yml');
/** Includes the variants, but not those for Grafana Cloud. */
const everywhere = COMPOSE_FILES.flatMap((file) => servicesOf(file).map(([name]) => name)).filter(
  (name) => !name.startsWith('cloud-'),
);
const defaults = composeDefaults();

const megabytes = (limit: string) => {
  const [, number, unit] = /^(\d+)([mg])$/.exec(limit) ?? assert.fail(`${limit} is not a memory limit such as 320m`);
  return Number(number) * (unit === 'g' ? 1024 : 1);
};

/** Folders that an image declares as volumes: without a mount, each becomes an anonymous volume. */
const VOLUMES_OF_IMAGES: [image: RegExp, folders: string[]][] = [
  [/^postgres:18/, ['/var/lib/postgresql']],
  [/^rabbitmq:/, ['/var/lib/rabbitmq']],
  [/^grafana\/pyroscope:/, ['/data', '/data-compactor', '/data-metastore']],
];

describe('docker-compose.yml', () => {
  for (const [name, service] of services) {
    test(`${name} has limits and a healthcheck, and is unprivileged`, () => {
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

    test(`${name} listens only on the addresses in .env`, () => {
      for (const port of service.ports ?? []) {
        const [, variable, value] =
          /^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:\$\{(\w+):-(\d+)\}:\d+$/.exec(port) ?? assert.fail(port);
        assert.equal(defaults[variable as string], value, variable);
      }
    });

    test(`${name} reaches the others without Docker’s proxy`, () => {
      const { NO_PROXY, no_proxy } = service.environment ?? {};
      const direct = NO_PROXY?.split(',') ?? [];
      assert.equal(no_proxy, NO_PROXY);
      for (const host of ['localhost', '127.0.0.1', ...new Set(everywhere)]) {
        assert.ok(direct.includes(host), host);
      }
    });

    test(`${name} leaves no anonymous volume behind`, () => {
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

  test('all containers that run by default have limits below 4.5 GB together', (t) => {
    const byDefault = services.filter(([, { profiles = [] }]) => profiles.length === 0);
    const sum = byDefault.reduce((sum, [, { mem_limit }]) => sum + megabytes(mem_limit ?? ''), 0);
    t.diagnostic(`${sum} MB`);
    assert.ok(sum < 4608, `${sum} MB`);
    assert.match(read('docs/stack.md'), new RegExp(`\\| all \\|.*\\| ${(sum / 1000).toFixed(1)} GB \\|`));
  });

  test('RabbitMQ’s in-memory log fits into its container three times', () => {
    const [, bytes] = /^raft\.wal_max_size_bytes = (\d+)$/m.exec(read('rabbitmq/mythical.conf')) ?? [];
    const queue = services.find(([name]) => name === 'mythical-queue')?.[1];
    assert.ok(3 * Number(bytes) < (megabytes(queue?.mem_limit ?? '') * 2 ** 20) / 2, bytes);
  });

  test('RabbitMQ’s healthcheck sends a password of any length', async () => {
    const password = 'long and @/#% odd '.repeat(10);
    const asked = Promise.withResolvers<string | undefined>();
    await using broker = await serve(({ headers }, response) => {
      asked.resolve(headers.authorization);
      response.end('{"status":"ok"}');
    });
    const script = read('rabbitmq/healthcheck.sh').replace('/15672', `/${broker.port}`);
    const env = { PATH: process.env.PATH, RABBITMQ_DEFAULT_USER: 'mythical', RABBITMQ_DEFAULT_PASS: password };
    await run('bash', ['-c', script], { env });
    assert.equal(await asked.promise, `Basic ${Buffer.from(`mythical:${password}`).toString('base64')}`);
  });

  test('each image is built only once', () => {
    const built = services.filter(([, { build }]) => build).map(([, { image }]) => image);
    assert.deepEqual(built, [...new Set(built)]);
  });

  for (const [key, { name, port }] of Object.entries(SERVICES)) {
    test(`${name} exists, on the port in the code`, () => {
      const service = services.find(([service]) => service === name)?.[1];
      assert.ok(service);
      assert.equal(service.build?.args?.SERVICE, key);
      assert.ok(service.ports?.[0]?.endsWith(`:-${port}}:${port}`));
    });
  }
});

describe('all compose files', () => {
  const compose = COMPOSE_FILES.map(read).join('\n');

  for (const file of COMPOSE_FILES) {
    for (const [name, { image, build, pull_policy, healthcheck }] of servicesOf(file)) {
      test(`${file}: ${name} pulls no image that is built here`, () => {
        if (build) assert.equal(pull_policy, 'build');
        else if (image?.startsWith('mythical/')) assert.equal(pull_policy, 'never');
      });

      test(`${file}: the healthcheck of ${name} ignores any proxy, and allows for a slow start`, () => {
        // BusyBox wget obeys http_proxy, whatever is in NO_PROXY.
        if (healthcheck?.test?.some((word) => /wget$/.test(word))) assert.match(healthcheck.test.join(' '), / -Y off /);
        if (healthcheck?.start_period) assert.equal(healthcheck.start_period, '5m');
      });
    }
  }

  test('send browsers to PUBLIC_HOST, and allow pages from it', () => {
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

  test('need a Compose version with !override, as documented', () => {
    assert.match(compose, /!override/);
    const texts = ['docs/ways-to-run.md', 'docs/stack.md', 'README.md', ...COMPOSE_FILES];
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
