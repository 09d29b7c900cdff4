import { z } from 'zod';
import { variable } from './config.ts';
import { FRONTEND, PAGE_PORT, SERVICES, TELEMETRY_PORTS } from './services.ts';
import { resourceAttributes } from './telemetry/resource-attributes.ts';
import { ENDPOINT_TYPES } from './vocabulary.ts';

/** All environment variables of the services, in groups. docs/configuration.md is generated from this file. */

export const identitySettings = z.object({
  NAMESPACE: variable
    .label('`service.namespace` and `deployment.environment.name` of all signals, and the label `namespace` of logs')
    .default('production'),
  OTEL_RESOURCE_ATTRIBUTES: resourceAttributes(
    'additional resource attributes; they override the built-in ones, except `service.name` (fixed) and `service.namespace` (`NAMESPACE`)',
  ).optional(),
  ENDPOINT_TYPE: variable
    .choice('names of the kinds: five beasts, or `login`, `payment`, `account`, `cart`, `health`', ENDPOINT_TYPES)
    .default('MYTHICAL'),
});

const OTLP_PROTOCOLS = ['grpc', 'http/protobuf'] as const;

const endpointOf = (signal: string) =>
  variable
    .url(`the endpoint for ${signal}; overrides \`OTEL_EXPORTER_OTLP_ENDPOINT\`. Over HTTP, the full URL`)
    .optional();
const protocolOf = (signal: string) => variable.choice(`the protocol for ${signal}`, OTLP_PROTOCOLS).optional();

export const otlpSettings = z.object({
  OTEL_EXPORTER_OTLP_PROTOCOL: variable.choice('the OTLP protocol for all signals', OTLP_PROTOCOLS).default('grpc'),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable
    .url(
      'the OTLP endpoint; overrides `TRACING_COLLECTOR_HOST` and `_PORT`. Over HTTP, `/v1/traces` and so on are appended',
    )
    .optional(),
  TRACING_COLLECTOR_HOST: variable.host('host of the OTLP receiver').default('localhost'),
  TRACING_COLLECTOR_PORT: variable
    .port(`port of the OTLP receiver; default: ${TELEMETRY_PORTS.otlpGrpc}, over HTTP ${TELEMETRY_PORTS.otlpHttp}`)
    .optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpointOf('traces'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocolOf('traces'),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpointOf('metrics'),
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocolOf('metrics'),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: endpointOf('logs'),
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: protocolOf('logs'),
});

export const metricsSettings = z.object({
  OTEL_METRICS_EXPORTER: variable
    .choices(
      'how metrics are exported: scraped from `/metrics` (`prometheus`), pushed to the OTLP endpoint (`otlp`), or both',
      ['prometheus', 'otlp'],
    )
    .default(['prometheus']),
  OTEL_METRIC_EXPORT_INTERVAL: variable
    .integer('interval between OTLP exports of metrics, ms', { min: 100 })
    .default(5000),
});

export const tracingSettings = z.object({
  OTEL_TRACES_EXPORTER: variable.choice('`none` turns tracing off', ['otlp', 'none']).default('otlp'),
  OTEL_TRACES_SAMPLER: variable
    .choice('which traces are recorded', [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: variable.ratio('share of traces that `traceidratio` records').optional(),
  OTEL_BSP_SCHEDULE_DELAY: variable.integer('maximum delay before finished spans are exported, ms').default(1000),
  OTEL_BSP_MAX_QUEUE_SIZE: variable
    .integer('finished spans buffered while the collector is unavailable; more are dropped and counted', { min: 1 })
    .default(4096),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: variable.integer('spans per export', { min: 1 }).default(512),
});

export const loggingSettings = z.object({
  LOG_LEVEL: variable.choice('lowest level that is logged', ['error', 'warn', 'info', 'debug']).default('info'),
  LOGS_TARGET: variable
    .url("Loki's push API (`…/loki/api/v1/push`); without it, log lines go to stdout for a log collector", {
      credentials: true,
    })
    .optional(),
  OTEL_LOGS_EXPORTER: variable
    .choice('`otlp` sends log records to the OTLP endpoint instead', ['otlp', 'none'])
    .default('none'),
  TIMESHIFT: variable
    .flag('`true` adds `loggedtime`, 40 min in the past, for the lesson on rewriting timestamps')
    .default(false),
});

export const profilingSettings = z.object({
  PROFILING_MODE: variable
    .choice(
      '`push` to `PROFILE_COLLECTOR_HOST`, or `pull` from `/debug/pprof/*`; default: `push` if that host is set',
      ['push', 'pull', 'off'],
    )
    .optional(),
  PROFILE_COLLECTOR_HOST: variable.host('host that receives profiles: Alloy, Pyroscope, or lens').optional(),
  PROFILE_COLLECTOR_PORT: variable.port('its port').default(4040),
  PROFILE_INTERVAL_MS: variable.integer('interval between profiles, ms', { min: 1000 }).default(15_000),
  SPAN_PROFILES: variable
    .flag('labels profile samples with their span; needs traces, and Linux or macOS')
    // At saturation this costs more than 5 % of the throughput (docs/signals.md), so it is opt-in. Both sandboxes turn
    // it on.
    .default(false),
});

export const databaseSettings = z.object({
  POSTGRES_HOST: variable.text('host of Postgres').default('localhost'),
  POSTGRES_PORT: variable.port('port of Postgres').default(5432),
  POSTGRES_USER: variable.text('role').default('postgres'),
  POSTGRES_PASSWORD: variable.text("the role's password").optional(),
  POSTGRES_DB: variable.text('database').default('postgres'),
  POSTGRES_POOL_SIZE: variable.integer('maximum connections per service', { min: 1, max: 100 }).default(10),
});

export const queueSettings = z.object({
  QUEUE_TRANSPORT: variable
    .choice('`amqp` (RabbitMQ) or `postgres`; default: `amqp` if `AMQP_URL` or `QUEUE_HOST` is set', [
      'amqp',
      'postgres',
    ])
    .optional(),
  AMQP_URL: variable
    .url('the broker, with user and password', { protocols: ['amqp', 'amqps'], credentials: true })
    .optional(),
  QUEUE_HOST: variable.host('host of the broker, if `AMQP_URL` is not set').optional(),
  QUEUE_PORT: variable.port('its port').default(5672),
  QUEUE_USER: variable.text('user at the broker').default('guest'),
  QUEUE_PASSWORD: variable.text("the user's password").default('guest'),
  QUEUE_NAME: variable
    .text('name of the queue; the retry and dead-letter queues add a suffix')
    .default('mythical-messages'),
  QUEUE_PREFETCH: variable.integer('messages processed concurrently', { min: 1, max: 1000 }).default(20),
  QUEUE_RETRY_LIMIT: variable
    .integer('retries of a failed message before it is dead-lettered', { max: 100 })
    .default(3),
  QUEUE_RETRY_DELAY_MS: variable.integer('delay before each retry, ms', { min: 1 }).default(2000),
});

const httpSettings = (port: number) =>
  z.object({
    PORT: variable.port('port of the service').default(port),
    LISTEN_ADDRESS: variable.host('address to listen on; `0.0.0.0` in a container').default('127.0.0.1'),
  });

export const incidentSettings = z.object({
  INCIDENTS: variable
    .flag('`false`: the service refuses the hidden faults of `npm run incident`, but not scenarios')
    .default(true),
});

const telemetrySettings = z.object({
  ...identitySettings.shape,
  ...otlpSettings.shape,
  ...tracingSettings.shape,
  ...metricsSettings.shape,
  ...loggingSettings.shape,
  ...profilingSettings.shape,
});

/** The variables of every service, except for its own port. */
export const serviceSettings = z.object({
  ...telemetrySettings.shape,
  ...databaseSettings.shape,
  ...queueSettings.shape,
  ...incidentSettings.shape,
});

const LENS = `http://localhost:${PAGE_PORT}`;

/** Default origins of the browser app. */
export const FRONTEND_ORIGINS = [`http://localhost:${FRONTEND.port}`, `http://127.0.0.1:${FRONTEND.port}`];

/** What the server returns in `GET /config`, and which pages may call its API. */
export const browserSettings = z.object({
  CORS_ALLOWED_ORIGINS: variable
    .origins('origins of pages that may call the API, separated by commas; `none` allows no page')
    .default(FRONTEND_ORIGINS),
  FARO_URL: variable
    .url('where browsers send telemetry: `/collect` of Alloy’s `faro.receiver`, or of lens; unset turns it off')
    .optional(),
  TRACE_URL: variable
    .url('link to a trace, with placeholders `{traceId}` and `{spanId}` (of the server’s span)')
    .default(`${LENS}/#/trace/{traceId}`),
  LOGS_URL: variable.url('link to the log lines of a trace').default(`${LENS}/#/logs?trace={traceId}`),
  PROFILE_URL: variable
    .url('link to the server’s profiles')
    .default(`${LENS}/#/flame?service=${SERVICES.server.name}&type=cpu`),
});

export const frontendSettings = z.object({
  ...httpSettings(FRONTEND.port).shape,
  PUBLIC_API_URL: variable
    .url('URL of the server’s API, as browsers reach it')
    .default(`http://localhost:${SERVICES.server.port}`),
});

export const serverSettings = z.object({
  ...httpSettings(SERVICES.server.port).shape,
  ...serviceSettings.shape,
  ...browserSettings.shape,
  ALWAYS_SUCCEED: variable.flag('`true`: no POST fails on purpose (otherwise about 10 % do)').default(false),
  MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT: variable
    .integer('interval at which all data is dropped and recreated, ms', { min: 1000, max: 2 ** 31 - 1 })
    .default(24 * 60 * 60 * 1000),
});

export const requesterSettings = z.object({
  ...httpSettings(SERVICES.requester.port).shape,
  ...serviceSettings.shape,
  MYTHICAL_SERVER_URL: variable
    .url('URL of the server', { credentials: true })
    .default(`http://localhost:${SERVICES.server.port}`),
  REQUESTER_LOOPS: variable.integer('number of concurrent request loops', { min: 0, max: 100 }).default(4),
});

export const recorderSettings = z.object({
  ...httpSettings(SERVICES.recorder.port).shape,
  ...serviceSettings.shape,
});

export type IdentitySettings = z.infer<typeof identitySettings>;
export type OtlpSettings = z.infer<typeof otlpSettings>;
export type TracingSettings = z.infer<typeof tracingSettings>;
export type MetricsSettings = z.infer<typeof metricsSettings>;
export type LoggingSettings = z.infer<typeof loggingSettings>;
export type ProfilingSettings = z.infer<typeof profilingSettings>;
export type TelemetrySettings = z.infer<typeof telemetrySettings>;
export type DatabaseSettings = z.infer<typeof databaseSettings>;
export type QueueSettings = z.infer<typeof queueSettings>;
export type BrowserSettings = z.infer<typeof browserSettings>;
export type FrontendSettings = z.infer<typeof frontendSettings>;
export type ServerSettings = z.infer<typeof serverSettings>;
export type RequesterSettings = z.infer<typeof requesterSettings>;
export type RecorderSettings = z.infer<typeof recorderSettings>;
