import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { freePort } from '../../source/launcher/ports.ts';
import { until } from '../support/until.ts';

/** A user's first steps: `npm start`, look, and Ctrl-C. */

const LAUNCHER = join(import.meta.dirname, '../../source/launcher/main.ts');
/** The command that npm runs. */
const START = join(import.meta.dirname, '../../source/launcher/start.cjs');
const PORT_VARIABLES = [
  'LENS_PORT',
  'LENS_OTLP_GRPC_PORT',
  'LENS_OTLP_HTTP_PORT',
  'MYTHICAL_SERVER_PORT',
  'MYTHICAL_REQUESTER_PORT',
  'MYTHICAL_RECORDER_PORT',
  'MYTHICAL_FRONTEND_PORT',
  'EMBEDDED_POSTGRES_PORT',
];

describe('npm start', () => {
  let dataDir: string;
  let env: Record<string, string>;
  let launchers: ChildProcess[];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'mythical-start-'));
    env = { MYTHICAL_DATA_DIR: dataDir };
    for (const name of PORT_VARIABLES) env[name] = String(await freePort());
    launchers = [];
  });
  afterEach(async () => {
    for (const launcher of launchers) {
      if (launcher.exitCode !== null || launcher.signalCode !== null) continue;
      const exited = once(launcher, 'exit');
      launcher.kill('SIGTERM');
      await exited;
    }
    await until(async () => (await processesOf(dataDir)).length === 0);
    await rm(dataDir, { recursive: true, force: true });
  });

  const launch = (...args: string[]) => run(LAUNCHER, ...args);

  function run(program: string, ...args: string[]) {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    launchers.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const exited = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
    return {
      child,
      exited,
      output: () => output,
      running: () =>
        until(() => /Mythical is running/.test(output), { timeoutMs: 90_000, what: () => `the screen:\n${output}` }),
    };
  }

  test('shows one screen with an existing trace, and stops everything on Ctrl-C, which npm signals twice', async (t) => {
    const { child, exited, output, running } = launch();
    await running();
    t.diagnostic(/first full trace after .* s/.exec(output())?.[0] ?? '');
    const [, trace] = /http:\/\/localhost:\d+\/#\/trace\/([0-9a-f]{32})/.exec(output())!;
    const response = await fetch(`http://127.0.0.1:${env.LENS_PORT}/api/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: `select distinct service from spans where trace_id = '${trace}' order by 1` }),
    });
    const { rows } = (await response.json()) as { rows: string[][] };
    assert.deepEqual(rows.flat(), ['mythical-recorder', 'mythical-requester', 'mythical-server']);
    const page = await fetch(`http://127.0.0.1:${env.MYTHICAL_FRONTEND_PORT}`);
    assert.match(await page.text(), new RegExp(`content="http://localhost:${env.MYTHICAL_SERVER_PORT}"`));
    assert.ok(output().split('\n').length < 40, 'it fits on one screen');
    assert.match(output(), /curl -X POST localhost:\d+\/scenarios/);

    const start = performance.now();
    child.kill('SIGINT');
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    assert.ok(performance.now() - start < 10_000);
    assert.deepEqual(await processesOf(dataDir), []);
    assert.match(output(), /Everything is stopped\.\n$/);
  });

  test('reaches the first complete trace whatever else is set in the shell', async (t) => {
    // Any request to the proxy is counted, and gets no response.
    let asked = 0;
    const proxy = createServer((socket) => {
      asked++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    t.after(() => proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'grpc_proxy'])
      env[name] = url;
    Object.assign(env, {
      NODE_USE_ENV_PROXY: '1',
      NODE_ENV: 'production',
      NODE_OPTIONS: '--no-strip-types --preserve-symlinks --max-http-header-size=200',
      PGHOST: 'db.invalid',
      PGPORT: '1',
      PGUSER: 'unused',
      PGSSLMODE: 'require',
      PGOPTIONS: '-c search_path=elsewhere',
      PORT: '1',
      POSTGRES_PORT: 'tcp://10.0.0.1:5432',
      OTEL_SERVICE_NAME: 'foo',
      OTEL_SDK_DISABLED: 'true',
      OTEL_PROPAGATORS: 'b3',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=bar,team=50%25',
      LENS_LISTEN_ADDRESS: '::1',
      LISTEN_ADDRESS: '::1',
      TZ: 'Asia/Kathmandu',
      LC_ALL: 'xx_XX.UTF-8',
    });
    const { output, running } = run(START);
    await running();
    assert.match(output(), /first full trace after \d+\.\d s/);
    assert.match(output(), /lens +ready after .* http:\/\/\[::1\]:/);
    assert.equal(asked, 0);
  });

  test('reports which port is taken and which variable to change, and starts nothing', async () => {
    const holder = createServer().listen(Number(env.LENS_PORT), '127.0.0.1');
    await once(holder, 'listening');
    const { exited, output } = launch();
    assert.deepEqual(await exited, [1, null]);
    holder.close();
    assert.match(output(), new RegExp(`port ${env.LENS_PORT} \\(lens page\\) is in use.*LENS_PORT=\\d+ npm start`));
    assert.deepEqual(await processesOf(dataDir), []);
  });

  test('reports which process died, shows its last lines, and stops the others', async () => {
    const { exited, output, running } = launch();
    await running();
    const [server] = (await processesOf(dataDir)).filter(({ command }) => command.includes('source/server/main.ts'));
    process.kill(server!.pid, 'SIGKILL');
    assert.deepEqual(await exited, [1, null]);
    assert.match(output(), /mythical-server was killed by SIGKILL\./);
    assert.match(output(), /mythical-server\.log/);
    assert.deepEqual(await processesOf(dataDir), []);
  });

  test('killed without a chance to clean up, leaves no processes behind, and starts again on the same data', async () => {
    const first = launch();
    await first.running();
    first.child.kill('SIGKILL');
    await first.exited;
    await until(async () => (await processesOf(dataDir)).length === 0, { what: () => 'all processes to end' });
    const second = launch();
    await second.running();
  });

  test('a second instance on the same data is rejected', async () => {
    const first = launch();
    await first.running();
    const second = launch();
    assert.deepEqual(await second.exited, [1, null]);
    assert.match(second.output(), /npm start is already running/);
  });

  test('Ctrl-C during startup also stops it', async () => {
    const { child, exited, output } = launch();
    await until(() => /Mythical is starting/.test(output()));
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    assert.deepEqual(await processesOf(dataDir), []);
  });

  test('prints its usage, and rejects an unknown option', async () => {
    const help = launch('--help');
    assert.deepEqual(await help.exited, [0, null]);
    assert.match(help.output(), /--reset/);
    const wrong = launch('--rest');
    assert.deepEqual(await wrong.exited, [1, null]);
    assert.match(wrong.output(), /--rest/);
  });

  test('an invalid variable of a service is rejected before anything starts', async () => {
    env.OTEL_RESOURCE_ATTRIBUTES = 'team=50%,owner=a b';
    const { exited, output } = launch();
    assert.deepEqual(await exited, [1, null]);
    assert.match(output(), /OTEL_RESOURCE_ATTRIBUTES="team=50%,owner=a b": expected key=value/);
    assert.doesNotMatch(output(), /ready|at .*\.ts:/);
  });

  test('an invalid variable is rejected before anything starts', async () => {
    env.LENS_PORT = 'three thousand';
    const { exited, output } = launch();
    assert.deepEqual(await exited, [1, null]);
    assert.match(output(), /LENS_PORT="three thousand": expected a whole number, 1 to 65535/);
    assert.doesNotMatch(output(), /at .*\.ts:/);
  });
});

/** The running processes, other than the launcher, that have this data folder in their environment or arguments. */
async function processesOf(dataDir: string): Promise<{ pid: number; command: string }[]> {
  if (process.platform !== 'linux') return [];
  const found = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      const environment = await readFile(`/proc/${name}/environ`, 'utf8');
      const isOurs = environment.includes(`MYTHICAL_DATA_DIR=${dataDir}\0`) || command.includes(dataDir);
      if (isOurs && !command.includes('source/launcher/main.ts')) found.push({ pid: Number(name), command });
    } catch {
      // The process has ended in the meantime.
    }
  }
  return found;
}
