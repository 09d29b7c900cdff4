import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import { SERVICE_NODE_ARGS, SERVICES } from '@mythical/common/services';
import { parse } from 'yaml';

// Holds docker-compose.yml, .env, the Dockerfile and Alloy's targets against each other and against source/common.

type Service = {
  image: string;
  build?: { args?: Record<string, string> };
  ports?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
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
const compose = read('docker-compose.yml');
const services = Object.entries((parse(compose, { merge: true }) as { services: Record<string, Service> }).services);
const settings = parseEnv(read('.env'));
const dockerfile = read('source/Dockerfile');
const packageJson = JSON.parse(read('package.json'));

const megabytes = (limit: string) => {
  const [, number, unit] = /^(\d+)([mg])$/.exec(limit) ?? assert.fail(`${limit} is no memory limit like 320m`);
  return Number(number) * (unit === 'g' ? 1024 : 1);
};

describe('docker-compose.yml', () => {
  for (const [name, service] of services) {
    test(`${name} is bounded, watched and unprivileged`, () => {
      assert.ok(service.healthcheck?.test.length, 'a healthcheck');
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
        assert.equal(settings[variable as string], value, variable);
      }
    });
  }

  test('all containers that run by default may take less than 4 GB together', (t) => {
    const profiles = settings.COMPOSE_PROFILES?.split(',') ?? [];
    const byDefault = services.filter(
      ([, { profiles: of = [] }]) => of.length === 0 || of.some((one) => profiles.includes(one)),
    );
    const sum = byDefault.reduce((sum, [, { mem_limit }]) => sum + megabytes(mem_limit ?? ''), 0);
    t.diagnostic(`${sum} MB`);
    assert.ok(sum < 4096, `${sum} MB`);
  });

  test('each image is built once', () => {
    const built = services.filter(([, { build }]) => build).map(([, { image }]) => image);
    assert.deepEqual(built, [...new Set(built)]);
  });

  test('no password stands in it', () => {
    for (const [, variable, fallback] of compose.matchAll(/\$\{(\w*PASSWORD\w*)(\S?\S?[^}]*)\}/g)) {
      assert.match(fallback as string, /^:\?/, `${variable} has to come from .env`);
    }
    for (const [name, { environment = {} }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (/PASS/.test(variable)) assert.match(String(value), /^\$\{\w+:\?/, `${name}: ${variable}`);
      }
    }
  });

  test('.env has each variable once, and none in vain', () => {
    const readers = [
      compose,
      ...readdirSync(root)
        .filter((file) => /^docker-compose-.*\.yml$/.test(file))
        .map(read),
    ].join('\n');
    for (const variable of Object.keys(settings)) {
      // Compose itself takes the profiles from it.
      if (variable !== 'COMPOSE_PROFILES') assert.ok(readers.includes(`\${${variable}`), variable);
    }
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

describe('source/Dockerfile', () => {
  test('knows every workspace, which the lockfile asks for', () => {
    for (const workspace of packageJson.workspaces as string[]) {
      assert.ok(dockerfile.includes(`COPY ${workspace}/package.json ${workspace}/`), workspace);
    }
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

  test('uses every module, and only those that exist', () => {
    const config = read('alloy/config.alloy');
    const imported = [...config.matchAll(/"modules\/(\w+\.alloy)"/g)].map(([, file]) => file);
    assert.deepEqual(imported.toSorted(), readdirSync(path.join(root, 'alloy/modules')).toSorted());
  });
});
