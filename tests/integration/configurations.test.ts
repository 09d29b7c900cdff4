import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { resolveServices } from '../support/compose-files.ts';
import { root } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { useFolder } from '../support/temporary-folder.ts';

// Each configuration is checked by the program that reads it; and again with a line of nonsense in it, to notice a check that
// accepts everything.

type ResolvedService = {
  command?: string[];
  environment?: Record<string, string | null>;
  volumes?: { source: string; target: string }[];
  scale?: number;
};

/** Files whose values may come from variables: scale/scale.env. */
const EXPAND = '-config.expand-env=true';

type Check = {
  program: Parameters<typeof realProgram>[0];
  /** The component's folder, and the file in it that is checked. */
  folder: string;
  file: string;
  args: (file: string) => string[];
  nonsense: string;
};

const checks: Check[] = [
  {
    program: 'mimir',
    folder: 'mimir',
    file: 'mimir.yml',
    // Reads and validates the configuration, lists modules, and exits.
    args: (file) => [`-config.file=${file}`, EXPAND, '-modules'],
    nonsense: 'nonsense: 1',
  },
  {
    program: 'loki',
    folder: 'loki',
    file: 'loki.yaml',
    args: (file) => [`-config.file=${file}`, EXPAND, '-verify-config'],
    nonsense: 'nonsense: 1',
  },
  {
    program: 'tempo',
    folder: 'tempo',
    file: 'tempo.yaml',
    args: (file) => [`-config.file=${file}`, EXPAND, '-config.verify=true'],
    nonsense: 'nonsense: 1',
  },
  {
    program: 'pyroscope',
    folder: 'pyroscope',
    file: 'pyroscope.yaml',
    args: (file) => [`-config.file=${file}`, EXPAND, '-modules'],
    nonsense: 'nonsense: 1',
  },
  ...['config', 'kubernetes', 'lens'].map(
    (name): Check => ({
      program: 'alloy',
      folder: 'alloy',
      file: `${name}.alloy`,
      args: (file) => ['validate', file],
      nonsense: 'prometheus.nonsense "x" { }',
    }),
  ),
  {
    program: 'k6',
    folder: 'k6',
    file: 'mythical-loadtest.js',
    args: (file) => ['inspect', file],
    nonsense: 'nonsense(',
  },
  // For Mimir's Alertmanager and Loki, see alerting.test.ts.
  ...['objectives', 'symptoms'].map(
    (name): Check => ({
      program: 'promtool',
      folder: 'mimir',
      file: `rules/anonymous/${name}.yaml`,
      args: (file) => ['check', 'rules', '--lint-fatal', file],
      nonsense: 'nonsense: 1',
    }),
  ),
];

for (const { program, folder, file, args, nonsense } of checks) {
  const { path: command, skip } = await realProgram(program);
  describe(`${folder}/${file}, read by ${program}`, { skip }, () => {
    test('is accepted', async () => {
      await run(command as string, args(path.join(root, folder, file)));
    });

    test('is rejected with a line of nonsense in it', async () => {
      const copy = useFolder('config');
      await cp(path.join(root, folder), copy, { recursive: true });
      await appendFile(path.join(copy, file), `\n${nonsense}\n`);
      await assert.rejects(run(command!, args(path.join(copy, file))), /nonsense|Syntax|Unexpected/i);
    });
  });
}

const alloy = await realProgram('alloy');
test('alloy/*.alloy are formatted as by alloy fmt', { skip: alloy.skip }, async () => {
  for (const file of await readdir(path.join(root, 'alloy'), { recursive: true })) {
    if (file.endsWith('.alloy')) await run(alloy.path as string, ['fmt', '--test', path.join(root, 'alloy', file)]);
  }
});

const compose = await realProgram('docker-compose');
describe('docker-compose*.yml, read by Docker Compose', { skip: compose.skip }, async () => {
  const resolved = (file: string, env: Record<string, string>) =>
    resolveServices<ResolvedService>(compose.path!, file, env);
  const files = (await readdir(root)).filter((name) => /^docker-compose.*\.yml$/.test(name));
  for (const file of files) {
    test(`${file} is accepted, with every profile`, async () => {
      await run(compose.path as string, ['-f', path.join(root, file), '--profile', '*', 'config', '--quiet']);
    });
  }

  test('a password may contain any character', async () => {
    const password = `p@ss/w#o%r:d?&'"$ x`;
    const names = ['GRAFANA_ADMIN_PASSWORD', 'POSTGRES_PASSWORD', 'POSTGRES_READER_PASSWORD', 'RABBITMQ_PASSWORD'];
    for (const file of ['docker-compose.yml', 'docker-compose-otel.yml']) {
      const services = await resolved(file, Object.fromEntries(names.map((name) => [name, password])));
      const environments = Object.values(services).flatMap(({ environment = {} }) => Object.values(environment));
      const holders = environments.filter((value) => value?.includes('p@ss'));
      assert.ok(holders.length >= 8, file);
      // `config` doubles dollar signs.
      for (const value of holders) assert.equal(value?.replaceAll('$$', '$'), password);
    }
  });

  test('for another machine, all addresses for browsers use PUBLIC_HOST', async () => {
    for (const file of ['docker-compose.yml', 'docker-compose-otel.yml']) {
      const services = await resolved(file, { PUBLIC_HOST: 'sandbox.example', BIND_ADDRESS: '0.0.0.0' });
      const { environment = {} } = services['mythical-server']!;
      assert.match(environment.CORS_ALLOWED_ORIGINS!, /^http:\/\/sandbox\.example:3001,/);
      for (const name of ['FARO_URL', 'TRACE_URL', 'LOGS_URL', 'PROFILE_URL']) {
        assert.match(environment[name]!, /^http:\/\/sandbox\.example:/, name);
      }
      assert.equal(services['mythical-frontend']?.environment?.PUBLIC_API_URL, 'http://sandbox.example:4000');
      assert.equal(services.grafana?.environment?.GF_SERVER_ROOT_URL, 'http://sandbox.example:3000/');
      assert.ok(
        services.mimir?.command?.includes('-alertmanager.web.external-url=http://sandbox.example:9009/alertmanager'),
      );
      for (const name of ['mimir', 'loki']) {
        assert.ok(services[name]?.command?.includes('-ruler.external.url=http://sandbox.example:3000'), name);
      }
    }
  });

  test('Docker’s socket can be elsewhere, and k6 can be turned off', async () => {
    for (const [file, collector] of [
      ['docker-compose.yml', 'alloy'],
      ['docker-compose-otel.yml', 'otel-collector'],
    ] as const) {
      const services = await resolved(file, { DOCKER_SOCKET: '/run/user/1000/docker.sock', K6_REPLICAS: '0' });
      const mount = services[collector]?.volumes?.find(({ target }) => target === '/var/run/docker.sock');
      assert.equal(mount?.source, '/run/user/1000/docker.sock');
      assert.equal(services.k6?.scale, 0);
    }
  });
});

function run(command: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  execFile(command, args, { env: { ...process.env, ...env }, timeout: 60_000 }, (error, stdout, stderr) => {
    if (error) reject(new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`));
    else resolve();
  });
  return promise;
}
