import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frontendEnvironment, lensEnvironment, serviceEnvironment } from './child-environment.ts';
import { loadSettings } from './settings.ts';

const POSTGRES_URL = 'postgres://mythical:se%2Fcret@127.0.0.1:54320/postgres';
const SETTINGS = loadSettings({});

describe('the environment of a service', () => {
  test('points to lens, Postgres and the server', () => {
    assert.deepEqual(serviceEnvironment('requester', SETTINGS, POSTGRES_URL, { PATH: '/bin' }), {
      PATH: '/bin',
      PORT: '4001',
      QUEUE_TRANSPORT: 'postgres',
      POSTGRES_HOST: '127.0.0.1',
      POSTGRES_PORT: '54320',
      POSTGRES_USER: 'mythical',
      POSTGRES_PASSWORD: 'se/cret',
      POSTGRES_DB: 'postgres',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317',
      LOGS_TARGET: 'http://127.0.0.1:3000/loki/api/v1/push',
      PROFILING_MODE: 'push',
      PROFILE_COLLECTOR_HOST: '127.0.0.1',
      PROFILE_COLLECTOR_PORT: '3000',
      SPAN_PROFILES: 'true',
      OTEL_BSP_SCHEDULE_DELAY: '500',
      MYTHICAL_SERVER_URL: 'http://127.0.0.1:4000',
    });
  });

  test('uses the configured ports', () => {
    const settings = loadSettings({ LENS_PORT: '5000', MYTHICAL_SERVER_PORT: '6000' });
    const env = serviceEnvironment('requester', settings, POSTGRES_URL, {});
    assert.equal(env.LOGS_TARGET, 'http://127.0.0.1:5000/loki/api/v1/push');
    assert.equal(env.MYTHICAL_SERVER_URL, 'http://127.0.0.1:6000');
  });

  test("leads to lens's port for the protocol", () => {
    const env = serviceEnvironment('server', SETTINGS, POSTGRES_URL, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' });
    assert.equal(env.OTEL_EXPORTER_OTLP_ENDPOINT, 'http://127.0.0.1:4318');
  });

  test("prefers the user's non-empty variables", () => {
    const given = { ENDPOINT_TYPE: 'BORING', PROFILING_MODE: 'off', LOGS_TARGET: '' };
    const env = serviceEnvironment('server', SETTINGS, POSTGRES_URL, given);
    assert.equal(env.ENDPOINT_TYPE, 'BORING');
    assert.equal(env.PROFILING_MODE, 'off');
    assert.equal(env.LOGS_TARGET, 'http://127.0.0.1:3000/loki/api/v1/push');
  });

  test('has a different port per service, whatever PORT is', () => {
    const ports = (['server', 'requester', 'recorder'] as const).map(
      (service) => serviceEnvironment(service, SETTINGS, POSTGRES_URL, { PORT: '8080' }).PORT,
    );
    assert.deepEqual(ports, ['4000', '4001', '4002']);
  });

  test('inherits nothing else from the shell', () => {
    const foreign = {
      HTTP_PROXY: 'http://proxy.example:3128',
      https_proxy: 'http://proxy.example:3128',
      NODE_USE_ENV_PROXY: '1',
      NODE_OPTIONS: '--require ./gone.js',
      NODE_ENV: 'production',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      PGHOST: 'db.example',
      PGSSLMODE: 'require',
      PGOPTIONS: '-c search_path=elsewhere',
      OTEL_SERVICE_NAME: 'checkout',
      OTEL_SDK_DISABLED: 'true',
      OTEL_EXPORTER_OTLP_HEADERS: 'x=y',
      OTEL_PROPAGATORS: 'b3',
      PYROSCOPE_SERVER_ADDRESS: 'http://profiles.example',
      POSTGRES_PORT: 'tcp://10.0.0.1:5432',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    const ofMachine = { Path: 'C:\\bin', HOME: '/home/me', TMPDIR: '/tmp' };
    const folder = { lens: '/data/lens' };
    for (const environmentWith of [
      (env: NodeJS.ProcessEnv) => serviceEnvironment('server', SETTINGS, POSTGRES_URL, env),
      (env: NodeJS.ProcessEnv) => serviceEnvironment('requester', SETTINGS, POSTGRES_URL, env),
      (env: NodeJS.ProcessEnv) => frontendEnvironment(SETTINGS, env),
      (env: NodeJS.ProcessEnv) => lensEnvironment(SETTINGS, folder, env),
    ]) {
      assert.deepEqual(environmentWith({ ...foreign, ...ofMachine }), environmentWith(ofMachine));
      assert.equal(environmentWith(ofMachine).Path, ofMachine.Path);
    }
  });

  test("inherits what goes with the user's own collector or Postgres", () => {
    const ofCollector = { OTEL_EXPORTER_OTLP_HEADERS: 'x=y', https_proxy: 'http://proxy.example:3128' };
    for (const address of [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example' },
      { TRACING_COLLECTOR_HOST: 'otlp.example' },
    ]) {
      const env = serviceEnvironment('server', SETTINGS, POSTGRES_URL, { ...address, ...ofCollector });
      assert.equal(env.OTEL_EXPORTER_OTLP_HEADERS, 'x=y');
      assert.equal(env.https_proxy, 'http://proxy.example:3128');
    }
    const ownPostgres = { POSTGRES_HOST: 'db.example', PGSSLMODE: 'require', PGOPTIONS: '-c x=y' };
    const env = serviceEnvironment('server', SETTINGS, undefined, ownPostgres);
    assert.deepEqual([env.PGSSLMODE, env.PGOPTIONS], ['require', undefined]);
  });

  test('uses the listen addresses of the other parts', () => {
    const settings = loadSettings({ LENS_LISTEN_ADDRESS: '::1', LISTEN_ADDRESS: '0.0.0.0' });
    const env = serviceEnvironment('requester', settings, POSTGRES_URL, {});
    assert.equal(env.OTEL_EXPORTER_OTLP_ENDPOINT, 'http://[::1]:4317');
    assert.equal(env.LOGS_TARGET, 'http://[::1]:3000/loki/api/v1/push');
    assert.equal(env.PROFILE_COLLECTOR_HOST, '::1');
    assert.equal(env.MYTHICAL_SERVER_URL, 'http://127.0.0.1:4000');
    assert.match(lensEnvironment(settings, { lens: '' }, {}).LENS_SCRAPE_TARGETS!, /=http:\/\/127\.0\.0\.1:4001/);
  });

  test("doesn't choose the Postgres queue if there is a broker", () => {
    for (const given of [{ AMQP_URL: 'amqp://localhost' }, { QUEUE_HOST: 'localhost' }]) {
      assert.equal(serviceEnvironment('server', SETTINGS, POSTGRES_URL, given).QUEUE_TRANSPORT, undefined);
    }
  });

  test("doesn't mix the embedded Postgres with the user's own", () => {
    const own = { POSTGRES_HOST: 'db.example', POSTGRES_USER: 'me' };
    const env = serviceEnvironment('server', SETTINGS, undefined, own);
    assert.deepEqual([env.POSTGRES_HOST, env.POSTGRES_USER, env.POSTGRES_PASSWORD], ['db.example', 'me', undefined]);
    const embedded = serviceEnvironment('server', SETTINGS, POSTGRES_URL, { POSTGRES_PASSWORD: 'of another server' });
    assert.equal(embedded.POSTGRES_PASSWORD, 'se/cret');
  });
});

test('lens scrapes the three services', () => {
  assert.deepEqual(lensEnvironment(SETTINGS, { lens: '/data/lens' }, {}), {
    LENS_DATA_DIR: '/data/lens',
    LENS_SCRAPE_TARGETS:
      'mythical-requester=http://127.0.0.1:4001/metrics,mythical-server=http://127.0.0.1:4000/metrics,' +
      'mythical-recorder=http://127.0.0.1:4002/metrics',
    LENS_FARO_ORIGINS: 'http://localhost:3001,http://127.0.0.1:3001',
    LENS_ALLOWED_HOSTS: 'localhost',
  });
});

describe('the browser app', () => {
  const settings = loadSettings({
    LENS_PORT: '5000',
    MYTHICAL_SERVER_PORT: '6000',
    MYTHICAL_FRONTEND_PORT: '7000',
  });

  test("gets lens's URLs from the server, and may call both", () => {
    const env = serviceEnvironment('server', settings, POSTGRES_URL, { LOGS_URL: 'https://logs.example/{traceId}' });
    assert.equal(env.CORS_ALLOWED_ORIGINS, 'http://localhost:7000,http://127.0.0.1:7000');
    assert.equal(env.FARO_URL, 'http://localhost:5000/collect');
    assert.equal(env.TRACE_URL, 'http://localhost:5000/#/trace/{traceId}');
    assert.equal(env.LOGS_URL, 'https://logs.example/{traceId}');
    assert.equal(lensEnvironment(settings, { lens: '' }, {}).LENS_FARO_ORIGINS, env.CORS_ALLOWED_ORIGINS);
  });

  test("gets this machine's public host name", () => {
    const elsewhere = loadSettings({ PUBLIC_HOST: 'sandbox.example' });
    const env = serviceEnvironment('server', elsewhere, POSTGRES_URL, {});
    for (const name of ['FARO_URL', 'TRACE_URL', 'LOGS_URL', 'PROFILE_URL']) {
      assert.match(env[name]!, /^http:\/\/sandbox\.example:3000\//, name);
    }
    assert.ok(env.CORS_ALLOWED_ORIGINS?.split(',').includes('http://sandbox.example:3001'));
    assert.equal(frontendEnvironment(elsewhere, {}).PUBLIC_API_URL, 'http://sandbox.example:4000');
    const lens = lensEnvironment(elsewhere, { lens: '' }, {});
    assert.equal(lens.LENS_ALLOWED_HOSTS, 'sandbox.example');
    assert.equal(lens.LENS_FARO_ORIGINS, env.CORS_ALLOWED_ORIGINS);
  });

  test("is served on its own port, and knows the API's URL", () => {
    assert.deepEqual(frontendEnvironment(settings, { PORT: '8080', EMPTY: '' }), {
      PORT: '7000',
      PUBLIC_API_URL: 'http://localhost:6000',
    });
  });
});
