import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { type ConfigError, loadConfig, metadata, variable } from './config.ts';
import { recorderSettings, requesterSettings, serverSettings } from './settings.ts';

const schema = z.object({
  PORT: variable.port('a port').default(4000),
  LEVEL: variable.choice('a level', ['low', 'high']).default('low'),
  ON: variable.flag('a switch').default(false),
  TARGET: variable.url('a target').optional(),
  COUNT: variable.integer('a count', { min: 2, max: 5 }).optional(),
  DATABASE_PASSWORD: variable.integer('an odd password').optional(),
});

describe('loading the configuration', () => {
  test('returns typed values and defaults', () => {
    assert.deepEqual(loadConfig(schema, {}), { PORT: 4000, LEVEL: 'low', ON: false });
    const given = { PORT: '5', LEVEL: 'high', ON: 'TRUE', TARGET: 'http://x:1/y', COUNT: '5' };
    assert.deepEqual(loadConfig(schema, given), { PORT: 5, LEVEL: 'high', ON: true, TARGET: 'http://x:1/y', COUNT: 5 });
  });

  test('treats an empty variable as unset', () => {
    assert.equal(loadConfig(schema, { PORT: '', TARGET: '' }).PORT, 4000);
  });

  const wrong = [
    [{ PORT: '0' }, 'PORT="0": expected a whole number, 1 to 65535'],
    [{ PORT: '65536' }, 'PORT="65536": expected a whole number, 1 to 65535'],
    [{ PORT: '40 00' }, 'PORT="40 00": expected a whole number, 1 to 65535'],
    [{ PORT: '4e3' }, 'PORT="4e3": expected a whole number, 1 to 65535'],
    [{ LEVEL: 'HIGH' }, 'LEVEL="HIGH": expected one of low, high'],
    [{ ON: 'yes' }, 'ON="yes": expected true or false'],
    [
      { TARGET: 'localhost:3100' },
      'TARGET="localhost:3100": expected a URL that starts with http:// or https://, without a user and password',
    ],
    [
      { TARGET: 'http://u:p@h/' },
      'TARGET=(hidden): expected a URL that starts with http:// or https://, without a user and password',
    ],
    [{ LEVEL: 'x=http://u:p@h/' }, 'LEVEL=(hidden): expected one of low, high'],
    [{ COUNT: '6' }, 'COUNT="6": expected a whole number, 2 to 5'],
    [{ COUNT: '2.5' }, 'COUNT="2.5": expected a whole number, 2 to 5'],
  ] as const;
  for (const [env, message] of wrong) {
    test(`names the expected value for ${JSON.stringify(env)}`, () => {
      assert.throws(() => loadConfig(schema, env), {
        name: 'ConfigError',
        message: `invalid configuration\n  ${message}`,
      });
    });
  }

  const wrongSettings = [
    [{ OTEL_RESOURCE_ATTRIBUTES: 'team=50%,owner=a b' }, /key=value/],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'team' }, /key=value/],
    [{ OTEL_RESOURCE_ATTRIBUTES: '=x' }, /key=value/],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'a=b=c' }, /%3D for =/],
    [{ OTEL_RESOURCE_ATTRIBUTES: `a=${'b'.repeat(256)}` }, /key=value/],
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, /one of always_on/],
    [{ OTEL_TRACES_SAMPLER_ARG: '2' }, /0 to 1/],
    [{ OTEL_TRACES_SAMPLER_ARG: 'half' }, /0 to 1/],
    [{ NAMESPACE: 'a{b}' }, /letters, digits/],
    [{ LISTEN_ADDRESS: 'localhost:4000' }, /a host name or an IP address/],
    [{ PROFILE_COLLECTOR_HOST: 'http://alloy' }, /a host name or an IP address/],
    [{ TRACING_COLLECTOR_HOST: 'http://alloy' }, /a host name or an IP address/],
    [{ QUEUE_HOST: 'amqp://mq' }, /a host name or an IP address/],
  ] as const;
  for (const [env, expected] of wrongSettings) {
    const [name] = Object.keys(env) as [string];
    test(`stops a service with ${JSON.stringify(env)}`, () => {
      assert.throws(
        () => loadConfig(serverSettings, env),
        ({ message }: ConfigError) => message.includes(`${name}=`) && expected.test(message),
      );
    });
  }

  test('parses resource attributes as specified', () => {
    const text = ' team = 50%25 ,, owner=a b,list=1%2C2';
    assert.deepEqual(loadConfig(serverSettings, { OTEL_RESOURCE_ATTRIBUTES: text }).OTEL_RESOURCE_ATTRIBUTES, {
      team: '50%',
      owner: 'a b',
      list: '1,2',
    });
  });

  test('reports all invalid variables at once', () => {
    assert.throws(
      () => loadConfig(schema, { PORT: 'x', LEVEL: 'x', ON: 'x' }),
      (error: ConfigError) => error.message.split('\n').length === 4,
    );
  });

  test('never shows possible secrets', () => {
    assert.throws(
      () => loadConfig(schema, { DATABASE_PASSWORD: 'hunter2' }),
      (error: ConfigError) =>
        !error.message.includes('hunter2') && error.message.includes('DATABASE_PASSWORD=(hidden)'),
    );
    assert.throws(
      () => loadConfig(serverSettings, { AMQP_URL: 'http://user:hunter2@x' }),
      (error: ConfigError) => !error.message.includes('hunter2'),
    );
  });

  test('all variables have a description and a valid default', () => {
    for (const settings of [serverSettings, requesterSettings, recorderSettings]) {
      loadConfig(settings, {});
      for (const [name, field] of Object.entries(settings.shape)) {
        const { description, expected } = metadata(field) ?? {};
        assert.ok(description && expected, name);
      }
    }
  });
});
