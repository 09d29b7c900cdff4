import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { resolveServices } from '../tests/support/compose-files.ts';
import { realProgram } from '../tests/support/real-program.ts';
import { stackOf, startCommand } from './live/stack.ts';

const ROOT = path.join(import.meta.dirname, '..');
const compose = await realProgram('docker-compose');

type Service = {
  command?: string[];
  environment?: Record<string, string>;
  ports?: { target: number; published: string; host_ip?: string }[];
  volumes?: { source: string; target: string; read_only?: boolean }[];
};

const passwords = ['POSTGRES_PASSWORD', 'POSTGRES_READER_PASSWORD', 'RABBITMQ_PASSWORD', 'GRAFANA_ADMIN_PASSWORD'];
const env = Object.fromEntries(passwords.map((name) => [name, 'secret']));
const resolved = (file: string) => resolveServices<Service>(compose.path!, file, env);

test('the checker names existing Compose files', () => {
  assert.match(startCommand('config.alloy'), /-f docker-compose-workshop\.yml /);
  assert.match(startCommand('otel.yml'), /-f docker-compose-workshop-otel\.yml /);
});

describe('the workshop’s stack', { skip: compose.skip }, () => {
  let base: Record<string, Service>;
  let workshop: Record<string, Service>;
  before(async () => {
    base = await resolved('docker-compose.yml');
    workshop = await resolved('docker-compose-workshop.yml');
  });

  test('has the same services, and changes only Alloy and the time in log lines', () => {
    assert.deepEqual(Object.keys(workshop).sort(), Object.keys(base).sort());
    for (const [name, service] of Object.entries(base)) {
      if (name === 'alloy') continue;
      const { TIMESHIFT: before, ...environment } = service.environment ?? {};
      const { TIMESHIFT: now, ...other } = workshop[name]!.environment ?? {};
      assert.deepEqual({ ...workshop[name], environment: other }, { ...service, environment }, name);
      if (before !== undefined) assert.deepEqual([before, now], ['false', 'true']);
    }
  });

  test("Alloy reads the student's folder, and can't write to it", () => {
    const mounted = workshop.alloy!.volumes!.filter(({ target }) => target === '/etc/alloy');
    assert.deepEqual(
      mounted.map(({ source, read_only }) => [source, read_only]),
      [[path.join(ROOT, 'workshop/work'), true]],
    );
    assert.ok(workshop.alloy!.command!.includes('/etc/alloy/config.alloy'));
  });

  test('each port that the checker uses is published, only to this machine', () => {
    const published = new Map(
      workshop.alloy!.ports!.map(({ published, target, host_ip }) => [published, { target, host_ip }]),
    );
    const { alloy, otlp, lokiPush, profilesPush, faro } = stackOf({});
    const doors: [url: string, port: number][] = [
      [alloy, 12345],
      [otlp, 4318],
      [lokiPush, 3100],
      [profilesPush, 4040],
      [faro, 12350],
    ];
    for (const [url, target] of doors) {
      assert.deepEqual(published.get(new URL(url).port), { target, host_ip: '127.0.0.1' }, url);
    }
  });

  test("lesson 12: the Collector reads the student's file, and the configuration for Docker's healthcheck", async () => {
    const { 'otel-collector': collector } = await resolved('docker-compose-workshop-otel.yml');
    assert.deepEqual(
      collector!.command!.filter((part) => part.startsWith('--config=')),
      ['--config=/etc/otel/otel.yml', '--config=/etc/workshop/health.yml'],
    );
    const folders = Object.fromEntries(
      collector!.volumes!.map(({ source, target }) => [target, path.relative(ROOT, source)]),
    );
    assert.deepEqual([folders['/etc/otel'], folders['/etc/workshop']], ['workshop/work', 'workshop/collector']);
  });
});
