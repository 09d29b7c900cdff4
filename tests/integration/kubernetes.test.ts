import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import { FRONTEND, SERVICES } from '@mythical/common/services';
import { parse } from 'yaml';
import { composeDefaults } from '../support/compose-settings.ts';
import {
  composeServices,
  filesBelow,
  type Manifest,
  parseManifests,
  writtenContainers,
  writtenManifests,
} from '../support/manifests.ts';
import { read } from '../support/project.ts';

// Compares kubernetes/ with Docker Compose. For tests with a real API server, see kubernetes-api.test.ts.

/** One folder per component, with its configuration and the generator of its ConfigMaps. */
const COMPONENTS = [
  'alloy',
  'beyla',
  'grafana',
  'k6',
  'loki',
  'mimir',
  'postgres',
  'pyroscope',
  'rabbitmq',
  'scale',
  'tempo',
];
/** Files next to them that don't belong in a cluster. */
const NOT_FOR_KUBERNETES = [
  'alloy/config.alloy',
  'alloy/endpoints-cloud.json',
  'alloy/lens.alloy',
  'rabbitmq/healthcheck.sh',
  'scale/compose.yml',
  'scale/nginx.conf',
];
const compose = { ...composeServices('scale/compose.yml'), ...composeServices('docker-compose.yml') };
const containers = writtenContainers();

/** The configuration files of a component; the sources of dashboards are not included. */
function configurationOf(component: string): string[] {
  return filesBelow(component).filter(
    (file) => !/README\.md$|\.gitkeep$|Dockerfile$|kustomization\.yaml$|\.local\.json$|\.ts$/.test(file),
  );
}

describe('configuration files', () => {
  for (const component of COMPONENTS) {
    test(`of ${component} are all in its ConfigMaps`, () => {
      const { configMapGenerator } = parse(read(`${component}/kustomization.yaml`)) as {
        configMapGenerator: { files?: string[]; envs?: string[] }[];
      };
      const generated = configMapGenerator.flatMap(({ files = [], envs = [] }) => [...files, ...envs]);
      assert.deepEqual(
        generated.map((file) => path.join(component, file)).toSorted(),
        configurationOf(component)
          .filter((file) => !NOT_FOR_KUBERNETES.includes(file))
          .toSorted(),
      );
    });
  }

  test('have no copies in kubernetes/, not even partial ones', () => {
    const places = new Map<string, string>();
    for (const file of COMPONENTS.flatMap(configurationOf)) {
      for (const part of partsOf(read(file))) places.set(part, file);
    }
    assert.ok(places.size > 1000);
    for (const file of filesBelow('kubernetes')) {
      const copied = partsOf(read(file)).find((part) => places.has(part));
      assert.equal(copied, undefined, `${file} repeats ${places.get(copied ?? '')}:\n${copied}`);
    }
  });
});

describe('containers', () => {
  for (const { name, image, args = [], env = [], resources } of containers) {
    // One Beyla observes all services on a node.
    const service = compose[name === 'beyla' ? 'beyla-server' : name];

    test(`${name}: image and memory are the same as in Compose`, () => {
      assert.ok(service);
      const limit = /^(\d+)m$/.exec(service.mem_limit)?.[1];
      assert.equal(resources.limits.memory, `${limit}Mi`);
      assert.ok(resources.requests.memory && resources.requests.cpu);
      // Compose adds a healthcheck program to some images.
      const base = Object.values(composeServices('docker-compose.yml'))
        .filter((other) => other.image === service.image)
        .flatMap(({ build }) => Object.values(build?.args ?? {}))
        .find((value) => /^grafana\//.test(value));
      assert.equal(image.replace(/:latest$/, ''), base ?? service.image);
    });

    test(`${name}: arguments and variables are the same as in Compose, if both have them`, () => {
      const { command = [], environment = {} } = service!;
      const words = typeof command === 'string' ? command.trim().split(/\s+/) : command;
      if (name.startsWith('mythical-')) assert.deepEqual(args, words);
      for (const { name: variable, value } of env) {
        if (value === undefined || !(variable in environment)) continue;
        if (DIFFERENT.includes(variable))
          assert.notEqual(value, String(environment[variable]), `${variable} is not an exception`);
        else assert.equal(value, String(environment[variable]), variable);
      }
    });
  }

  test('keep in a volume what they keep in one in Compose', () => {
    const inCompose = Object.entries(compose)
      .filter(([name, { volumes = [] }]) => volumes.some((volume) => volume.startsWith(`${name}:/`)))
      .map(([name]) => name);
    const claims = ({ spec }: Manifest) => (spec?.volumeClaimTemplates ?? []).length > 0;
    const [ofBackends] = parseManifests(read('kubernetes/base/backends/backend.yaml'));
    const isBackend = ({ metadata }: Manifest) => metadata.labels?.['app.kubernetes.io/component'] === 'backend';
    const claiming = writtenManifests()
      .filter((one) => one.metadata.name !== 'any' && (claims(one) || (isBackend(one) && claims(ofBackends!))))
      .map(({ metadata }) => metadata.name);
    assert.deepEqual(claiming.toSorted(), inCompose.filter((name) => !/^mimir-\d$/.test(name)).toSorted());
  });

  test('of the application have as much time to stop as in Compose, after they were taken out of their Service', () => {
    const patch = parse(read('kubernetes/base/application/service.yaml')) as { path: string; value: unknown }[];
    const set = (end: string) => patch.find((one) => one.path.endsWith(end))?.value;
    const { preStop } = set('/lifecycle') as { preStop: { sleep: { seconds: number } } };
    const grace = Number(/stop_grace_period: (\d+)s/.exec(read('docker-compose.yml'))?.[1]);
    assert.ok(preStop.sleep.seconds > 0);
    assert.ok(Number(set('/terminationGracePeriodSeconds')) - preStop.sleep.seconds >= grace);
  });

  /** k6 sends through Alloy. Beyla is in another namespace. */
  const DIFFERENT = ['K6_PROMETHEUS_RW_SERVER_URL', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

  test('are the same as in Compose', () => {
    const without = /^(mimir-\d|beyla-.+)$/;
    const expected = Object.keys(compose).filter((name) => !without.test(name));
    assert.deepEqual(containers.map(({ name }) => name).toSorted(), [...expected, 'beyla'].toSorted());
  });

  test('of the application come from where the workflow publishes them, set in one line', () => {
    const workflow = read('.github/workflows/images.yml');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of GitHub Actions
    assert.ok(workflow.includes('ghcr.io/${{ github.repository }}/${{ matrix.service }}:${{ github.ref_name }}'));
    const services = /service: \[(.+)\]/.exec(workflow)?.[1]?.split(', ') ?? [];
    const own = containers.filter(({ image }) => image.startsWith('mythical/')).map(({ image }) => image);
    assert.deepEqual(own.toSorted(), services.map((service) => `mythical/${service}:latest`).toSorted());
    const component = read('kubernetes/components/published-images/kustomization.yaml');
    assert.equal(component.match(/ghcr\.io\/OWNER\/mythical/g)?.length, 1);
  });

  for (const { name, port } of [...Object.values(SERVICES), FRONTEND]) {
    test(`${name} listens on the port in the code`, () => {
      const [deployment, service] = parseManifests(
        read(`kubernetes/base/application/${name.replace('mythical-', '')}.yaml`),
      );
      assert.equal(deployment?.spec?.template?.spec.containers[0]?.ports?.[0]?.containerPort, port);
      assert.equal(service?.spec?.ports?.[0]?.port, port);
      const annotated = deployment?.spec?.template?.metadata.annotations?.['prometheus.io/port'];
      if (name !== FRONTEND.name) assert.equal(annotated, String(port));
    });
  }
});

describe('values', () => {
  test('for passwords have the same defaults as in Compose', () => {
    const defaults = composeDefaults();
    for (const [name, value] of Object.entries(parseEnv(read('kubernetes/base/passwords/passwords.env')))) {
      assert.equal(value, defaults[name], name);
    }
  });

  test('for services have the same defaults as in Compose', () => {
    const environment = Object.assign({}, ...Object.values(compose).map(({ environment }) => environment));
    const told = ['application.env', 'browser.env'].flatMap((file) =>
      Object.entries(parseEnv(read(`kubernetes/base/application/${file}`))),
    );
    assert.ok(told.length > 10);
    for (const [name, value] of told) {
      const pages = 'http://localhost:3001,http://127.0.0.1:3001';
      assert.equal(value, name === 'CORS_ALLOWED_ORIGINS' ? pages : String(environment[name]), name);
    }
  });
});

/** Four consecutive lines with content, for all such lines. */
function partsOf(text: string): string[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /\w/.test(line) && !/^(#|\/\/|--)/.test(line));
  return lines
    .map((_, index) => lines.slice(index, index + 4).join('\n'))
    .filter((part) => part.split('\n').length === 4 && part.length > 60);
}
