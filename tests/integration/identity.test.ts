import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSandbox } from '../support/sandbox.ts';

test('all signals have the same identity, whatever OpenTelemetry’s variables say', async () => {
  await using sandbox = await startSandbox();
  const server = await sandbox.start('server', {
    NAMESPACE: 'staging',
    OTEL_SERVICE_NAME: 'foo',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=bar,service.namespace=baz,team=50%25,deployment.environment.name=test',
    OTEL_LOGS_EXPORTER: 'otlp',
  });
  await fetch(`${server.url}/manticore`);
  await server.stop();
  const [span] = await sandbox.rows<{ service: string; resource: Record<string, string> }>(
    `select service, resource from spans where resource->>'team' = '50%'`,
  );
  assert.equal(span?.service, 'mythical-server');
  assert.equal(span?.resource['service.namespace'], 'staging');
  assert.equal(span?.resource['deployment.environment.name'], 'test');
  for (const table of ['spans', 'logs', 'profiles']) {
    const services = await sandbox.rows<{ service: string }>(`select distinct service from ${table}`);
    assert.deepEqual(services, [{ service: 'mythical-server' }], table);
  }
  const warnings = await sandbox.rows<{ body: string }>(
    `select body from logs where source = 'otlp' and body like '%is ignored%' order by time`,
  );
  assert.match(
    warnings.map(({ body }) => body).join('\n'),
    /OTEL_SERVICE_NAME is ignored: foo; all signals carry mythical-server/,
  );
  assert.equal(warnings.length, 3);
});
