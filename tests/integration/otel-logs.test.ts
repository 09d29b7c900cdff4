import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { startLogsCollector } from '../support/otel-collector.ts';
import { realProgram } from '../support/real-program.ts';
import { useStarted } from '../support/use-started.ts';

// What the real collector, with the pipelines of otel/, makes of a log record or a line.

const collector = await realProgram('collector');

describe('the collector’s output for logs', { skip: collector.skip }, () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const spanId = 'b7ad6b7169203331';
  const running = useStarted(() => startLogsCollector(collector.path!));
  before(() =>
    running.write([
      { project: 'mythical', service: 'loki', log: 'ts=2026 level=warn msg="of a backend"' },
      { project: 'another', service: 'loki', log: 'of another project' },
      { log: 'of no project' },
      {
        project: 'mythical',
        service: 'mythical-server',
        log: `level=info msg="GET unicorn" endpoint=unicorn traceID=${traceId} spanID=${spanId}`,
      },
      { project: 'mythical', service: 'mythical-server', log: 'no logfmt at all' },
    ]),
  );

  test('a record from one of our services: labels, IDs, and nothing twice', async () => {
    const resource = {
      'service.name': 'mythical-server',
      'service.namespace': 'staging',
      'deployment.environment.name': 'staging',
      'telemetry.sdk.name': 'opentelemetry',
      'service.instance.id': 'i-1',
    };
    await running.send(resource, {
      severityText: 'WARN',
      traceId,
      spanId,
      body: 'line of the server',
      attributes: { beast: 'unicorn', endpoint: 'unicorn', 'http.method': 'POST', status: '500' },
    });
    assert.deepEqual(await running.arrived('line of the server'), {
      resource: {
        'service.name': 'mythical-server',
        'service.instance.id': 'i-1',
        job: 'mythical-server',
        namespace: 'staging',
        source: 'otlp',
      },
      attributes: { beast: 'unicorn', level: 'warn', traceID: traceId, spanID: spanId },
      body: 'line of the server',
    });
  });

  test('a record from any other service: the same labels, and all of its attributes', async () => {
    await running.send({ 'service.name': 'other' }, { body: 'line of another', attributes: { a: 'b' } });
    assert.deepEqual(await running.arrived('line of another'), {
      resource: { 'service.name': 'other', job: 'other', source: 'otlp' },
      attributes: { a: 'b' },
      body: 'line of another',
    });
  });

  test('a record from a service with ENDPOINT_TYPE=BORING: endpoint instead of beast', async () => {
    await using boring = await startLogsCollector(collector.path!, { ENDPOINT_TYPE: 'BORING' });
    const record = { body: 'a boring line', attributes: { endpoint: 'login', status: '200' } };
    await boring.send({ 'service.name': 'mythical-server' }, record);
    assert.deepEqual((await boring.arrived('a boring line')).attributes, { endpoint: 'login' });
  });

  test('a line in a Docker log file: the service that wrote it', async () => {
    assert.deepEqual(await running.arrived('of a backend'), {
      resource: { 'service.name': 'loki', job: 'loki', source: 'docker' },
      attributes: { stream: 'stdout' },
      body: 'ts=2026 level=warn msg="of a backend"',
    });
  });

  test('a service’s line in such a file: the same result as over OTLP', async () => {
    const { resource, attributes } = await running.arrived('GET unicorn');
    assert.deepEqual(resource, {
      'service.name': 'mythical-server',
      job: 'mythical-server',
      namespace: 'production',
      source: 'docker',
    });
    assert.deepEqual(attributes, {
      stream: 'stdout',
      level: 'info',
      beast: 'unicorn',
      traceID: traceId,
      spanID: spanId,
    });
    assert.deepEqual((await running.arrived('no logfmt')).attributes, { stream: 'stdout' });
  });

  test('a line of another project: nothing', async () => {
    await running.arrived('no logfmt');
    assert.deepEqual(
      (await running.records()).filter(({ body }) => /of (another|no) project/.test(body)),
      [],
    );
  });

  test('a browser exception: kind, and the frontend as its service', async () => {
    await running.sendFaro({
      meta: { app: { name: 'any app', version: '1.0.0', environment: 'test' } },
      exceptions: [
        {
          timestamp: new Date().toISOString(),
          type: 'Error',
          value: 'of a browser',
          trace: { trace_id: traceId, span_id: spanId },
        },
      ],
    });
    const { resource, attributes } = await running.arrived('of a browser');
    assert.deepEqual(resource, {
      'service.name': 'mythical-frontend',
      'service.version': '1.0.0',
      'deployment.environment': 'test',
      job: 'mythical-frontend',
      source: 'faro',
    });
    // The receiver adds a hash that identifies equal exceptions.
    const { hash, ...others } = attributes;
    assert.ok(hash);
    assert.deepEqual(others, { kind: 'exception', traceID: traceId });
  });
});
