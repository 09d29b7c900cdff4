import type { Select, Test } from '../check/requirement.ts';

// Parts of the sandbox that several lessons use.

export const mimir: Select = {
  kind: ['prometheus.remote_write', 'prometheus.write.queue'],
  where: { 'endpoint/url': { pattern: /^http:\/\/mimir:9009\/api\/v1\/push$/ } },
};

export const loki: Select = {
  kind: 'loki.write',
  where: { 'endpoint/url': { pattern: /^http:\/\/loki:3100\/loki\/api\/v1\/push$/ } },
};

/** Tempo uses gRPC without TLS: either the address has http://, or the client has insecure = true. */
export const tempo: Select = {
  anyOf: [
    {
      kind: 'otelcol.exporter.otlp',
      where: { 'client/tls/insecure': true, 'client/endpoint': { pattern: /^(http:\/\/)?tempo:4317$/ } },
    },
    { kind: 'otelcol.exporter.otlp', where: { 'client/endpoint': { pattern: /^http:\/\/tempo:4317$/ } } },
    { kind: 'otelcol.exporter.otlphttp', where: { 'client/endpoint': { pattern: /^http:\/\/tempo:4318$/ } } },
  ],
};

export const pyroscope: Select = {
  kind: 'pyroscope.write',
  where: { 'endpoint/url': { pattern: /^http:\/\/pyroscope:4040\/?$/ } },
};

export const batch: Select = { kind: 'otelcol.processor.batch' };

export const spanmetrics: Select = {
  kind: 'otelcol.connector.spanmetrics',
  where: { namespace: 'traces.spanmetrics' },
};

/** Any component that scrapes Alloy's own metrics. */
export const alloyItself: Select = {
  anyOf: [
    {
      kind: ['prometheus.scrape', 'discovery.relabel'],
      where: { targets: { pattern: /^(localhost|127\.0\.0\.1|alloy):12345$/ } },
    },
    { kind: 'prometheus.exporter.self' },
  ],
};

const everywhere = '(0\\.0\\.0\\.0|\\[::\\])?';

/** Reachable from outside the container. */
export const onAllAddresses = (port?: number): Test => ({
  pattern: new RegExp(`^${everywhere}${port === undefined ? '' : `:${port}`}$`),
});

/** A memory limiter below the 448 MB of the container. The Collector has the same one, with another name for the limit. */
export const memoryLimiter = (kind: string, limit: string, [least, most]: [Amount, Amount]): Select => {
  const check_interval = { atLeast: '100ms', atMost: '10s' };
  return {
    anyOf: [
      { kind, where: { [limit]: { atLeast: least, atMost: most }, check_interval } },
      { kind, where: { limit_percentage: { atLeast: 10, atMost: 90 }, check_interval } },
    ],
  };
};
type Amount = string | number;

export const otlpReceiver: Select = {
  kind: 'otelcol.receiver.otlp',
  where: {
    'grpc/endpoint': onAllAddresses(4317),
    'http/endpoint': onAllAddresses(4318),
  },
};

export const lokiPush: Select = {
  kind: 'loki.source.api',
  where: { 'http/listen_address': onAllAddresses(), 'http/listen_port': 3100 },
};

export const docker: Select = {
  kind: 'discovery.docker',
  where: {
    host: 'unix:///var/run/docker.sock',
    'filter/name': 'label',
    'filter/values': { pattern: /^com\.docker\.compose\.project=mythical$/ },
  },
};

export const SERVICE_LABEL = '__meta_docker_container_label_com_docker_compose_service';

/** The environment of Alloy in the workshop's stack (workshop/compose.yml), as far as configurations use it. */
export const ALLOY_ENVIRONMENT: Record<string, string> = {
  COMPOSE_PROJECT_NAME: 'mythical',
  NAMESPACE: 'production',
  PROFILING_MODE: 'push',
  POSTGRES_DATA_SOURCE_NAME:
    'postgresql://grafana_reader:mythical-reader@mythical-database:5432/postgres?sslmode=disable',
  CORS_ALLOWED_ORIGINS: 'http://localhost:3001,http://127.0.0.1:3001',
  ENDPOINTS_FILE: '/etc/alloy/endpoints.json',
  LOGS_PASSWORD: 'workshop',
  TRACES_AUTHORIZATION: 'Basic d29ya3Nob3A6d29ya3Nob3A=',
};
