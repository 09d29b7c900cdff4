import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadSettings, portUses } from './settings.ts';

describe('the settings of the launcher', () => {
  test('have the documented default ports', () => {
    assert.deepEqual(loadSettings({}).ports, {
      LENS_PORT: 3000,
      LENS_OTLP_GRPC_PORT: 4317,
      LENS_OTLP_HTTP_PORT: 4318,
      MYTHICAL_SERVER_PORT: 4000,
      MYTHICAL_REQUESTER_PORT: 4001,
      MYTHICAL_RECORDER_PORT: 4002,
      MYTHICAL_FRONTEND_PORT: 3001,
      EMBEDDED_POSTGRES_PORT: 54320,
    });
  });

  test('reject the same port for two parts, naming the variable', () => {
    assert.throws(
      () => loadSettings({ LENS_PORT: '4000' }),
      /MYTHICAL_SERVER_PORT=4000: another part of the sandbox uses this port/,
    );
  });

  test('validate the variables of all parts before anything starts', () => {
    assert.throws(
      () => loadSettings({ OTEL_RESOURCE_ATTRIBUTES: 'team=50%,owner=a b', LENS_MAX_ROWS: 'many' }),
      /OTEL_RESOURCE_ATTRIBUTES="team=50%,owner=a b": expected key=value.*\n.*LENS_MAX_ROWS="many"/s,
    );
    loadSettings({ PORT: 'of something else', POSTGRES_PORT: 'tcp://10.0.0.1:5432' });
  });

  for (const [address, name] of [
    ['::1', 'localhost'],
    ['0.0.0.0', 'localhost'],
    ['::', 'localhost'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
  ] as const) {
    test(`call a lens that listens on ${address} ${name}`, () => {
      const { listen } = loadSettings({ LENS_LISTEN_ADDRESS: address });
      assert.deepEqual(listen.lens, { address, publicHost: name });
      assert.deepEqual(listen.services, { address: '127.0.0.1', publicHost: 'localhost' });
    });
  }

  test('skip the embedded Postgres and its port if there is another server', () => {
    const settings = loadSettings({ POSTGRES_HOST: 'db.example', EMBEDDED_POSTGRES_PORT: '3000' });
    assert.equal(settings.embeddedPostgres, false);
    assert.ok(!portUses(settings).some(({ variable }) => variable === 'EMBEDDED_POSTGRES_PORT'));
  });
});
