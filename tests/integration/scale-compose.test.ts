import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import { resolveServices } from '../support/compose-files.ts';
import { read, root } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';

// docker-compose-scale.yml, as Docker Compose resolves it.

type Resolved = {
  image: string;
  hostname?: string;
  environment: Record<string, string>;
  ports?: { published: string }[];
  volumes: { source: string; target: string; type: string }[];
  networks: Record<string, { aliases?: string[] } | null>;
  depends_on?: Record<string, { condition: string }>;
};

const compose = await realProgram('docker-compose');
const MIMIRS = ['mimir-1', 'mimir-2', 'mimir-3'];

describe('docker-compose-scale.yml', { skip: compose.skip }, async () => {
  const services = compose.path ? await resolveServices<Resolved>(compose.path, 'docker-compose-scale.yml') : {};

  test('has three Mimirs, each with its own name and disk, and no published port', () => {
    for (const name of MIMIRS) {
      const { hostname, ports, volumes, networks } = services[name]!;
      assert.equal(hostname, name);
      assert.equal(ports, undefined);
      assert.equal(volumes.find(({ target }) => target === '/data')?.source, name);
      assert.deepEqual(networks.default?.aliases, ['mimir-members']);
    }
  });

  test('has nginx instead of Mimir, which waits for all three', () => {
    const { image, ports, volumes, depends_on = {} } = services.mimir!;
    assert.match(image, /^nginx:/);
    assert.deepEqual(
      ports?.map(({ published }) => published),
      ['9009'],
    );
    assert.deepEqual(
      volumes.map(({ source }) => source),
      [path.join(root, 'scale/nginx.conf')],
    );
    assert.deepEqual(Object.keys(depends_on), MIMIRS);
  });

  test('configures every backend alike, including the object storage', () => {
    const scale = parseEnv(read('scale/scale.env')) as Record<string, string>;
    const [host = ''] = scale.S3_ENDPOINT!.split(':');
    const storage = services[host]!;
    for (const name of [...MIMIRS, 'loki', 'tempo', 'pyroscope']) {
      const { environment, depends_on = {} } = services[name]!;
      for (const [variable, value] of Object.entries(scale)) assert.equal(environment[variable], value, name);
      assert.equal(environment.S3_ACCESS_KEY, storage.environment.ROOT_ACCESS_KEY_ID);
      assert.equal(environment.S3_SECRET_KEY, storage.environment.ROOT_SECRET_ACCESS_KEY);
      assert.equal(depends_on[host]?.condition, 'service_healthy');
    }
  });

  test('lets Alloy scrape each Mimir directly, bypassing nginx', () => {
    const pattern = new RegExp(`^(${services.alloy!.environment.STACK_SERVICES})$`);
    for (const name of MIMIRS) assert.match(name, pattern);
    assert.doesNotMatch('mimir', pattern);
    for (const module of ['metrics', 'profiles']) {
      for (const name of MIMIRS) assert.ok(read(`alloy/modules/${module}.alloy`).includes(`"${name}:9009"`));
    }
  });

  test('has the variables in the configurations, and no others', () => {
    const files = ['mimir/mimir.yml', 'loki/loki.yaml', 'tempo/tempo.yaml', 'pyroscope/pyroscope.yaml'];
    const used = files.flatMap((file) => [...read(file).matchAll(/\$\{([A-Z_0-9]+)/g)].map(([, name]) => name!));
    const given = [...Object.keys(parseEnv(read('scale/scale.env'))), 'S3_ACCESS_KEY', 'S3_SECRET_KEY'];
    assert.deepEqual([...new Set(used)].filter((name) => name !== 'NAME').toSorted(), given.toSorted());
  });
});
