import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { postJson } from '../../grafana/model/http.ts';
import { type Launched, type Place, preparePlace } from '../support/npm-start.ts';
import { until } from '../support/until.ts';

/** A user's first steps: `npm start`, look, and Ctrl-C. */

let place: Place;
const prepare = async () => {
  place = await preparePlace();
};
const cleanUp = () => place[Symbol.asyncDispose]();

// The tests of each of the first two suites share what they have started, because a start takes seconds of CPU time.

describe('npm start', () => {
  let first: Launched;
  let second: Launched;
  before(async () => {
    await prepare();
    first = place.launch();
  });
  after(cleanUp);

  test('shows one screen with an existing trace', async (t) => {
    const { output, running } = first;
    await running();
    t.diagnostic(/first full trace after .* s/.exec(output())?.[0] ?? '');
    const [, trace] = /http:\/\/localhost:\d+\/#\/trace\/([0-9a-f]{32})/.exec(output())!;
    const { rows } = await postJson<{ rows: string[][] }>(`http://127.0.0.1:${place.env.LENS_PORT}/api/query`, {
      sql: `select distinct service from spans where trace_id = '${trace}' order by 1`,
    });
    assert.deepEqual(rows.flat(), ['mythical-recorder', 'mythical-requester', 'mythical-server']);
    const page = await fetch(`http://127.0.0.1:${place.env.MYTHICAL_FRONTEND_PORT}`);
    assert.match(await page.text(), new RegExp(`content="http://localhost:${place.env.MYTHICAL_SERVER_PORT}"`));
    assert.ok(output().split('\n').length < 40, 'it fits on one screen');
    assert.match(output(), /curl -X POST localhost:\d+\/scenarios/);
  });

  test('a second instance on the same data is rejected', async () => {
    const other = place.launch();
    assert.deepEqual(await other.exited, [1, null]);
    assert.match(other.output(), /npm start is already running/);
  });

  test('killed without a chance to clean up, leaves no processes behind, and starts again on the same data', async () => {
    first.child.kill('SIGKILL');
    await first.exited;
    await until(async () => (await place.processes()).length === 0, { what: () => 'all processes to end' });
    second = place.launch();
    await second.running();
  });

  test('stops everything on Ctrl-C, which npm signals twice', async () => {
    const { child, exited, output } = second;
    const start = performance.now();
    child.kill('SIGINT');
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    assert.ok(performance.now() - start < 10_000);
    assert.deepEqual(await place.processes(), []);
    assert.match(output(), /Everything is stopped\.\n$/);
  });
});

describe('npm start, whatever else is set in the shell', () => {
  let launched: Launched;
  before(prepare);
  after(cleanUp);

  test('reaches the first complete trace', async (t) => {
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
      place.env[name] = url;
    Object.assign(place.env, {
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
    launched = place.launch();
    await launched.running();
    const { output } = launched;
    assert.match(output(), /first full trace after \d+\.\d s/);
    assert.match(output(), /lens +ready after .* http:\/\/\[::1\]:/);
    assert.equal(asked, 0);
  });

  test('reports which process died, shows its last lines, and stops the others', async () => {
    const { exited, output } = launched;
    const [server] = (await place.processes()).filter(({ command }) => command.includes('source/server/main.ts'));
    process.kill(server!.pid, 'SIGKILL');
    assert.deepEqual(await exited, [1, null]);
    assert.match(output(), /mythical-server was killed by SIGKILL\./);
    assert.match(output(), /mythical-server\.log/);
    assert.deepEqual(await place.processes(), []);
  });
});

describe('npm start, stopped or rejected before it runs', () => {
  beforeEach(prepare);
  afterEach(cleanUp);

  test('reports which port is taken and which variable to change, and starts nothing', async () => {
    const holder = createServer().listen(Number(place.env.LENS_PORT), '127.0.0.1');
    await once(holder, 'listening');
    const { exited, output } = place.launch();
    assert.deepEqual(await exited, [1, null]);
    holder.close();
    assert.match(
      output(),
      new RegExp(`port ${place.env.LENS_PORT} \\(lens page\\) is in use.*LENS_PORT=\\d+ npm start`),
    );
    assert.deepEqual(await place.processes(), []);
  });

  test('Ctrl-C during startup also stops it', async () => {
    const { child, exited, output } = place.launch();
    await until(() => /Mythical is starting/.test(output()));
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    assert.deepEqual(await place.processes(), []);
  });

  test('prints its usage, and rejects an unknown option', async () => {
    const help = place.launch('--help');
    assert.deepEqual(await help.exited, [0, null]);
    assert.match(help.output(), /--reset/);
    const wrong = place.launch('--rest');
    assert.deepEqual(await wrong.exited, [1, null]);
    assert.match(wrong.output(), /--rest/);
  });

  test('an invalid variable of a service is rejected before anything starts', async () => {
    place.env.OTEL_RESOURCE_ATTRIBUTES = 'team=50%,owner=a b';
    const { exited, output } = place.launch();
    assert.deepEqual(await exited, [1, null]);
    assert.match(output(), /OTEL_RESOURCE_ATTRIBUTES="team=50%,owner=a b": expected key=value/);
    assert.doesNotMatch(output(), /ready|at .*\.ts:/);
  });

  test('an invalid variable is rejected before anything starts', async () => {
    place.env.LENS_PORT = 'three thousand';
    const { exited, output } = place.launch();
    assert.deepEqual(await exited, [1, null]);
    assert.match(output(), /LENS_PORT="three thousand": expected a whole number, 1 to 65535/);
    assert.doesNotMatch(output(), /at .*\.ts:/);
  });
});
