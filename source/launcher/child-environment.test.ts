import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frontendEnvironment, lensEnvironment, serviceEnvironment } from './child-environment.ts';
import { loadSettings } from './settings.ts';

const POSTGRES_URL = 'postgres://mythical:se%2Fcret@127.0.0.1:54320/postgres';
const SETTINGS = loadSettings({});

describe('the environment of a service', () => {
  test('leads it to lens, Postgres and the server', () => {
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
      MYTHICAL_SERVER_URL: 'http://127.0.0.1:4000',
    });
  });

  test('follows the ports that were chosen', () => {
    const settings = loadSettings({ LENS_PORT: '5000', MYTHICAL_SERVER_PORT: '6000' });
    const env = serviceEnvironment('requester', settings, POSTGRES_URL, {});
    assert.equal(env.LOGS_TARGET, 'http://127.0.0.1:5000/loki/api/v1/push');
    assert.equal(env.MYTHICAL_SERVER_URL, 'http://127.0.0.1:6000');
  });

  test('is what the person has set, where that is set and not empty', () => {
    const given = { ENDPOINT_TYPE: 'BORING', PROFILING_MODE: 'off', LOGS_TARGET: '' };
    const env = serviceEnvironment('server', SETTINGS, POSTGRES_URL, given);
    assert.equal(env.ENDPOINT_TYPE, 'BORING');
    assert.equal(env.PROFILING_MODE, 'off');
    assert.equal(env.LOGS_TARGET, 'http://127.0.0.1:3000/loki/api/v1/push');
  });

  test('has a port of its own for each service, whatever PORT is', () => {
    const ports = (['server', 'requester', 'recorder'] as const).map(
      (service) => serviceEnvironment(service, SETTINGS, POSTGRES_URL, { PORT: '8080' }).PORT,
    );
    assert.deepEqual(ports, ['4000', '4001', '4002']);
  });

  test('leaves the choice of the queue to a broker that was given', () => {
    for (const given of [{ AMQP_URL: 'amqp://localhost' }, { QUEUE_HOST: 'localhost' }]) {
      assert.equal(serviceEnvironment('server', SETTINGS, POSTGRES_URL, given).QUEUE_TRANSPORT, undefined);
    }
  });

  test('does not mix the embedded Postgres with one that was given', () => {
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
  });
});

describe('the browser app', () => {
  const settings = loadSettings({
    LENS_PORT: '5000',
    MYTHICAL_SERVER_PORT: '6000',
    MYTHICAL_FRONTEND_PORT: '7000',
  });

  test('is told by the server where lens is, and may call it', () => {
    const env = serviceEnvironment('server', settings, POSTGRES_URL, { LOGS_URL: 'https://logs.example/{traceId}' });
    assert.equal(env.CORS_ALLOWED_ORIGINS, 'http://localhost:7000,http://127.0.0.1:7000');
    assert.equal(env.FARO_URL, 'http://localhost:5000/collect');
    assert.equal(env.TRACE_URL, 'http://localhost:5000/#/trace/{traceId}');
    assert.equal(env.LOGS_URL, 'https://logs.example/{traceId}');
    assert.equal(lensEnvironment(settings, { lens: '' }, {}).LENS_FARO_ORIGINS, env.CORS_ALLOWED_ORIGINS);
  });

  test('is served on its own port, and knows the API', () => {
    assert.deepEqual(frontendEnvironment(settings, { PORT: '8080', EMPTY: '' }), {
      PORT: '7000',
      PUBLIC_API_URL: 'http://localhost:6000',
    });
  });
});
