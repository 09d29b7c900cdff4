import assert from 'node:assert/strict';
import test from 'node:test';
import { metadata } from '@mythical/common/config';
import { environment, loadLensConfig } from './config.ts';

test('every variable has a description and its accepted values', () => {
  for (const [name, field] of Object.entries(environment.shape)) {
    assert.match(metadata(field)?.description ?? '', /^.{10,}[^.]$/s, name);
    assert.ok(metadata(field)?.expected, name);
  }
});

test('by default, lens listens on the documented ports on loopback', () => {
  const config = loadLensConfig({});
  assert.deepEqual([config.port, config.otlpGrpcPort, config.otlpHttpPort], [3000, 4317, 4318]);
  assert.equal(config.listenAddress, '127.0.0.1');
  assert.equal(config.retentionMinutes, 60);
});

test('parses targets', () => {
  const { scrapeTargets } = loadLensConfig({
    LENS_SCRAPE_TARGETS: 'a=http://127.0.0.1:1/metrics?x=y, b=https://example.test/m,',
  });
  assert.deepEqual(scrapeTargets, [
    { name: 'a', url: 'http://127.0.0.1:1/metrics?x=y' },
    { name: 'b', url: 'https://example.test/m' },
  ]);
});

test('never shows possible passwords', () => {
  for (const value of ['x=ftp://user:secret@h', 'x=http://user:secret#1@h', 'user:secret@h/metrics']) {
    for (const name of ['LENS_SCRAPE_TARGETS', 'LENS_PPROF_TARGETS', 'LENS_MEMORY_LIMIT']) {
      assert.throws(
        () => loadLensConfig({ [name]: value }),
        (error: Error) => error.message.includes(`${name}=(hidden): expected`) && !/secret/.test(error.message),
      );
    }
  }
});

for (const [variable, value] of Object.entries({
  LENS_SCRAPE_TARGETS: 'http://127.0.0.1:1/metrics',
  LENS_PPROF_TARGETS: 'a=file:///etc/passwd',
  LENS_MEMORY_LIMIT: '10MB',
  LENS_PORT: '70000',
  LENS_RETENTION_MINUTES: '0',
})) {
  test(`rejects ${variable}=${value}, with its name and the expected value`, () => {
    assert.throws(() => loadLensConfig({ [variable]: value }), new RegExp(`${variable}=.*: expected `));
  });
}
