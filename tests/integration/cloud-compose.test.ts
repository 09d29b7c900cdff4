import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { type Endpoints, FIELDS } from '../../source/cloud-check/fields.ts';
import { forAlloy } from '../../source/cloud-check/for-alloy.ts';
import { CHILD_ENVIRONMENT } from '../support/child-environment.ts';
import { resolveServices } from '../support/compose-files.ts';
import { read, root, run } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';

// The files around source/cloud-check: those in git, and docker-compose-cloud.yml compared with docker-compose.yml.

describe('tokens stay out of git and of images', () => {
  test('the file in git has only placeholders, each in the right field', async () => {
    const file = JSON.parse((await run('git', ['show', ':alloy/endpoints-cloud.json'], { cwd: root })).stdout);
    const placeholders = Object.fromEntries(FIELDS.map(({ name }) => [name, `<${name}>`])) as Endpoints;
    const expected = forAlloy(placeholders) as { traces: { url: string } };
    expected.traces.url = '<tracesUrl>';
    assert.deepEqual(file, expected);
  });

  test('git ignores the completed copy, and contains no token', async () => {
    await run('git', ['check-ignore', '--quiet', '--no-index', 'alloy/endpoints-cloud.local.json'], { cwd: root });
    // In plain text, and in base64 after "<username>:", where it looks different in each of three positions. Those of tests are
    // shorter.
    const token = '(glc_|OmdsY1|6Z2xjX|pnbGNf)[A-Za-z0-9+/=_-]{60,}';
    for (const username of ['1', '12', '123']) {
      const encoded = Buffer.from(`${username}:glc_${'eyJvIjoiMTIzIiwi'.repeat(5)}`).toString('base64');
      assert.match(encoded, new RegExp(token));
    }
    const files = await run('git', ['grep', '-lE', token], { cwd: root }).then(
      ({ stdout }) => stdout,
      // 1 means that there are none.
      ({ code, stdout, stderr }) => (code === 1 ? stdout : assert.fail(stderr)),
    );
    assert.equal(files, '');
    assert.equal(read('alloy/traces-authorization'), 'Basic');
  });

  test('neither file is in Docker’s build context', async () => {
    const [everything, ...exceptions] = read('.dockerignore')
      .split('\n')
      .filter((line) => /^[^#\s]/.test(line));
    assert.equal(everything, '*');
    for (const line of exceptions) assert.ok(!line.startsWith('!') || !/alloy|\*/.test(line), line);
  });

  test('docs/ways-to-run.md names every placeholder and its variable', async () => {
    const page = read('docs/ways-to-run.md');
    for (const { name, variable } of FIELDS) assert.ok(page.includes(`| \`<${name}>\` | \`${variable}\` |`), name);
  });
});

const compose = await realProgram('docker-compose');
// biome-ignore lint/suspicious/noExplicitAny: a service of Compose, of which each test reads other parts
type Services = Record<string, any>;
let base: Services;
let cloud: Services;
const BACKENDS = ['mimir', 'loki', 'tempo', 'pyroscope', 'grafana'];

const resolved = (file: string, env?: Record<string, string>): Promise<Services> =>
  resolveServices(compose.path!, file, env);
before(async () => {
  if (compose.skip) return;
  base = await resolved('docker-compose.yml');
  cloud = await resolved('docker-compose-cloud.yml');
});

describe('docker-compose-cloud.yml', { skip: compose.skip }, () => {
  test('has the application and Alloy, a check before them, and no backends', () => {
    const expected = [...Object.keys(base).filter((name) => !BACKENDS.includes(name)), 'cloud-check', 'cloud-watch'];
    assert.deepEqual(Object.keys(cloud).toSorted(), expected.toSorted());
  });

  test('builds each image only once', () => {
    const built = Object.values(cloud).flatMap(({ build, image }) => (build ? [image] : []));
    assert.deepEqual(built, [...new Set(built)]);
  });

  test('starts nothing before the check succeeds', () => {
    const waits = (name: string): boolean =>
      Object.entries<{ condition: string }>(cloud[name].depends_on ?? {}).some(([other, { condition }]) =>
        other === 'cloud-check' ? condition === 'service_completed_successfully' : waits(other),
      );
    for (const name of Object.keys(cloud)) if (name !== 'cloud-check') assert.ok(waits(name), name);
  });

  test('changes nothing else in the services', () => {
    const changed = Object.keys(cloud)
      .filter((name) => name in base)
      .flatMap((name) =>
        Object.keys({ ...cloud[name], ...base[name] })
          .filter((key) => JSON.stringify(cloud[name][key]) !== JSON.stringify(base[name][key]))
          .map((key) => `${name} ${key}`),
      );
    const waiting = Object.keys(cloud).filter((name) => !/^(cloud-.*|beyla-.*)$/.test(name));
    const expected = [
      ...waiting.map((name) => `${name} depends_on`),
      // ENDPOINTS_FILE, STACK_SERVICES; the file that the first names.
      'alloy environment',
      'alloy volumes',
      // Where it sends its results, and the targets of links.
      'k6 environment',
      'mythical-server environment',
    ];
    assert.deepEqual(changed.toSorted(), expected.toSorted());
    assert.deepEqual(cloud.alloy.command, base.alloy.command, 'the same config.alloy');
  });
});

describe('the containers of docker-compose-cloud.yml', { skip: compose.skip }, () => {
  test('cloud-check has each variable, and only the permission to read your file', () => {
    const { environment, cap_drop, cap_add, read_only, restart, image, build, mem_limit } = cloud['cloud-check'];
    const expected = [...FIELDS.map(({ variable }) => variable), 'NODE_EXTRA_CA_CERTS'];
    assert.deepEqual(Object.keys(environment).toSorted(), expected.toSorted());
    assert.deepEqual(
      { cap_drop, cap_add, read_only },
      { cap_drop: ['ALL'], cap_add: ['DAC_READ_SEARCH'], read_only: true },
    );
    assert.deepEqual([restart, image, build.args.SERVICE], ['no', 'mythical/cloud-check', 'cloud-check']);
    assert.ok(Number(mem_limit) <= 128 * 1024 * 1024);
  });

  test('cloud-watch waits a minute, prints failures, and is restarted', async () => {
    const { entrypoint, command, restart, image } = cloud['cloud-watch'];
    assert.deepEqual([restart, image], ['unless-stopped', 'mythical/cloud-check']);
    const [node, ...args] = [...entrypoint, ...command].map((argument: string) =>
      argument
        .replace('/app/source/service', path.join(root, 'source/cloud-check'))
        .replace('/endpoints', path.join(root, 'alloy'))
        .replace(' 60_000', ' 0'),
    );
    assert.equal(node, '/usr/local/bin/node');
    const ended = await run(process.execPath, args, { cwd: tmpdir(), env: CHILD_ENVIRONMENT }).catch((error) => error);
    assert.equal(ended.code, 1, ended.stderr);
    assert.match(ended.stdout, /^Fix this first:\n\n {2}metrics\.url in \S+ is still a placeholder/);
  });

  test('trust the CA from CLOUD_CA_FILE, if they connect to the endpoints', async () => {
    const trusting = await resolved('docker-compose-cloud.yml', { CLOUD_CA_FILE: '/my/ca.pem' });
    for (const [name, variable] of [
      ['cloud-check', 'NODE_EXTRA_CA_CERTS'],
      ['cloud-watch', 'NODE_EXTRA_CA_CERTS'],
      ['alloy', 'SSL_CERT_FILE'],
    ] as const) {
      const mount = (services: Services) =>
        services[name].volumes.find(({ target }: { target: string }) => target === '/ca.pem');
      assert.notEqual(mount(trusting).bind?.create_host_path, true, 'a wrong name must not become a folder');
      assert.deepEqual([cloud[name].environment[variable], mount(cloud).source], ['', '/dev/null'], name);
      assert.deepEqual([trusting[name].environment[variable], mount(trusting).source], ['/ca.pem', '/my/ca.pem'], name);
    }
  });

  test('let Alloy scrape only the parts of the stack that exist', () => {
    const { STACK_SERVICES } = cloud.alloy.environment;
    for (const name of BACKENDS) assert.doesNotMatch(name, new RegExp(`^(${STACK_SERVICES})$`));
  });

  test('link from the control room to your Grafana, or to nothing', async () => {
    const yours = await resolved('docker-compose-cloud.yml', { GRAFANA_URL: 'https://me.grafana.net' });
    for (const link of ['TRACE_URL', 'LOGS_URL', 'PROFILE_URL']) {
      assert.match(cloud['mythical-server'].environment[link], /^https:\/\/grafana\.invalid\//);
      assert.match(yours['mythical-server'].environment[link], /^https:\/\/me\.grafana\.net\/explore\?.*grafanacloud-/);
      assert.match(base['mythical-server'].environment[link], /^http:\/\/localhost:3000\/explore\?/);
    }
  });
});
