import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { resolveServices } from '../support/compose-files.ts';
import { read } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';

// docker-compose-otel.yml, as resolved by Docker Compose, compared with docker-compose.yml.

// biome-ignore lint/suspicious/noExplicitAny: each part of a configuration has a different shape
const part = (component: unknown): any => component;

const compose = await realProgram('docker-compose');

describe('docker-compose-otel.yml', { skip: compose.skip }, () => {
  type Service = {
    image: string;
    build?: { args?: Record<string, string> };
    environment?: Record<string, string>;
    ports?: { target: number; published: string }[];
    volumes?: { target: string }[];
    networks?: object;
    depends_on?: Record<string, object>;
  };
  let base: Record<string, Service>;
  let variant: Record<string, Service>;

  async function resolved(file: string): Promise<Record<string, Service>> {
    const passwords = ['POSTGRES_PASSWORD', 'POSTGRES_READER_PASSWORD', 'RABBITMQ_PASSWORD', 'GRAFANA_ADMIN_PASSWORD'];
    return resolveServices<Service>(compose.path!, file, {
      LOGS_TARGET: 'http://alloy:3100/loki/api/v1/push',
      ...Object.fromEntries(passwords.map((password) => [password, 'secret'])),
    });
  }

  before(async () => {
    base = await resolved('docker-compose.yml');
    variant = await resolved('docker-compose-otel.yml');
  });

  test('has the same services, with the collector and an exporter instead of Alloy', () => {
    const expected = [...Object.keys(base).filter((name) => name !== 'alloy'), 'otel-collector', 'postgres-exporter'];
    assert.deepEqual(Object.keys(variant).toSorted(), expected.toSorted());
  });

  test('changes only where they send data', () => {
    const changed = new Set<string>();
    for (const [name, service] of Object.entries(base)) {
      if (name === 'alloy') continue;
      const other = variant[name]!;
      for (const [variable, value] of Object.entries(other.environment ?? {})) {
        if (value !== service.environment?.[variable]) changed.add(variable);
      }
      assert.deepEqual({ ...other, environment: {} }, { ...service, environment: {} }, name);
    }
    assert.deepEqual([...changed].toSorted(), [
      'LOGS_TARGET',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'OTEL_LOGS_EXPORTER',
      'PROFILE_COLLECTOR_HOST',
      'TRACING_COLLECTOR_HOST',
    ]);
  });

  test('has no service that sends to Alloy', () => {
    for (const [name, service] of Object.entries(variant)) {
      // NO_PROXY lists every container of every variant.
      const { NO_PROXY, no_proxy, ...environment } = service.environment ?? {};
      assert.doesNotMatch(JSON.stringify({ ...service, environment, ports: [] }), /\balloy\b/, name);
    }
  });

  test('publishes the same ports', () => {
    assert.deepEqual(variant['otel-collector']?.ports, base.alloy?.ports);
  });

  test('pins the collector version that the configuration is tested with', () => {
    const modules = read('tests/support/programs/go.mod');
    const { COLLECTOR_IMAGE = '' } = variant['otel-collector']?.build?.args ?? {};
    const [, collector] = /^otel\/opentelemetry-collector-contrib:(.*)/.exec(COLLECTOR_IMAGE) ?? [];
    assert.ok(modules.includes(`go.opentelemetry.io/collector/otelcol v${collector}\n`), collector);
    const [, exporter] = /:(v.*)/.exec(variant['postgres-exporter']!.image) ?? [];
    assert.ok(modules.includes(`/postgres_exporter ${exporter}\n`), exporter);
  });

  test('needs at most 64 MB more memory than docker-compose.yml', () => {
    const sum = (services: Record<string, Service>) =>
      Object.values(services).reduce((sum, service) => sum + Number(part(service).mem_limit), 0) / 1024 / 1024;
    assert.ok(sum(variant) <= sum(base) + 64, `${sum(variant)} MB, ${sum(base)} MB with Alloy`);
  });

  test('gives no additional permissions to what replaces Alloy', () => {
    for (const name of ['otel-collector', 'postgres-exporter']) {
      const { cap_drop, security_opt, read_only, privileged, healthcheck } = part(variant[name]);
      assert.deepEqual(
        { cap_drop, security_opt, read_only, privileged },
        {
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          read_only: true,
          privileged: undefined,
        },
      );
      assert.ok(healthcheck.test.length > 1);
    }
  });

  test('has service names in the log files that the collector reads', () => {
    for (const [name, service] of Object.entries(variant)) {
      assert.equal(part(service).logging.options.labels, 'com.docker.compose.project,com.docker.compose.service', name);
    }
  });
});
