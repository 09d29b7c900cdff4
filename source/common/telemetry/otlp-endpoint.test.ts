import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../config.ts';
import { otlpSettings } from '../settings.ts';
import { otlpRoute } from './otlp-endpoint.ts';

const HTTP = 'http/protobuf';
const CASES: [env: Record<string, string>, protocol: string, url: string][] = [
  [{}, 'grpc', 'http://localhost:4317'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: HTTP }, HTTP, 'http://localhost:4318/v1/metrics'],
  [{ TRACING_COLLECTOR_HOST: '::1', OTEL_EXPORTER_OTLP_PROTOCOL: HTTP }, HTTP, 'http://[::1]:4318/v1/metrics'],
  [{ TRACING_COLLECTOR_PORT: '9999' }, 'grpc', 'http://localhost:9999'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://h:1' }, 'grpc', 'https://h:1'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://h/otlp/', OTEL_EXPORTER_OTLP_PROTOCOL: HTTP },
    HTTP,
    'https://h/otlp/v1/metrics',
  ],
  [{ OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: HTTP }, HTTP, 'http://localhost:4318/v1/metrics'],
  [
    { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: HTTP, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://m/api/v1/otlp' },
    HTTP,
    'https://m/api/v1/otlp',
  ],
  [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: HTTP },
    'grpc',
    'http://localhost:4317',
  ],
];

for (const [env, protocol, url] of CASES) {
  test(`metrics go over ${protocol} to ${url} with ${JSON.stringify(env)}`, () => {
    const route = otlpRoute(loadConfig(otlpSettings, env), 'metrics');
    assert.deepEqual([route.protocol, route.url], [protocol, url]);
  });
}
