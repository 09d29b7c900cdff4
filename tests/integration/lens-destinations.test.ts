import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { PAGE_PORT, SERVICES, TELEMETRY_PORTS } from '@mythical/common/services';
import { buildGraph } from '../../workshop/alloy/graph.ts';
import { parse } from '../../workshop/alloy/parser.ts';
import { readConfiguration } from '../support/otel-collector.ts';
import { read, root } from '../support/project.ts';

// otel/lens.yml and alloy/lens.alloy scrape the services, send to lens, and listen on ports that lens doesn't use.

const targets = Object.values(SERVICES).map(({ name, port }) => ({
  address: `127.0.0.1:${port}`,
  job: name,
  service_name: name,
}));
const inOrder = (some: { address: string }[]) => some.toSorted((one, other) => (one.address < other.address ? -1 : 1));
const page = `http://127.0.0.1:${PAGE_PORT}`;
const ownPorts = [PAGE_PORT, ...Object.values(TELEMETRY_PORTS)];

test('otel/lens.yml', () => {
  // biome-ignore lint/suspicious/noExplicitAny: each part of a configuration has a different shape
  const { receivers, exporters } = readConfiguration('lens.yml') as any;
  const { static_configs } = receivers.prometheus.config.scrape_configs[0];
  type Target = { targets: string[]; labels: { job: string; service_name: string } };
  const scraped = static_configs.map(({ targets: [address = ''], labels }: Target) => ({ address, ...labels }));
  assert.deepEqual(inOrder(scraped), inOrder(targets));
  assert.equal(exporters.otlp_grpc.endpoint, `127.0.0.1:${TELEMETRY_PORTS.otlpGrpc}`);
  assert.equal(exporters.prometheus_remote_write.http.endpoint, `${page}/api/v1/write`);
  for (const { endpoint } of Object.values(receivers.otlp.protocols) as { endpoint: string }[]) {
    assert.ok(!ownPorts.includes(Number(endpoint.split(':')[1])), endpoint);
  }
});

test('alloy/lens.alloy', () => {
  const text = read('alloy/lens.alloy');
  assert.deepEqual(parse(text).problems, []);
  const { nodes, edges } = buildGraph({ file: path.join(root, 'alloy/lens.alloy'), text });
  const value = (id: string, attribute: string) => nodes.get(id)?.values(attribute)[0]?.value;
  assert.deepEqual(edges.map(({ from, to, signal }) => `${from} ${signal} ${to}`).toSorted(), [
    'loki.source.api.default logs loki.write.lens',
    ...['logs', 'metrics', 'traces'].map(
      (signal) => `otelcol.processor.batch.default ${signal} otelcol.exporter.otlp.lens`,
    ),
    ...['logs', 'metrics', 'traces'].map(
      (signal) => `otelcol.receiver.otlp.default ${signal} otelcol.processor.batch.default`,
    ),
    'prometheus.scrape.application metrics prometheus.remote_write.lens',
  ]);
  const scraped = nodes
    .get('prometheus.scrape.application')!
    .items('targets')
    .map(({ value }) => value);
  assert.deepEqual(
    inOrder(
      (scraped as Record<string, string>[]).map(({ __address__: address = '', ...labels }) => ({ ...labels, address })),
    ),
    inOrder(targets),
  );
  assert.equal(value('prometheus.remote_write.lens', 'endpoint/url'), `${page}/api/v1/write`);
  assert.equal(value('loki.write.lens', 'endpoint/url'), `${page}/loki/api/v1/push`);
  assert.equal(value('otelcol.exporter.otlp.lens', 'client/endpoint'), `127.0.0.1:${TELEMETRY_PORTS.otlpGrpc}`);
  for (const protocol of ['grpc', 'http']) {
    const endpoint = String(value('otelcol.receiver.otlp.default', `${protocol}/endpoint`));
    assert.ok(!ownPorts.includes(Number(endpoint.split(':')[1])), endpoint);
  }
});
