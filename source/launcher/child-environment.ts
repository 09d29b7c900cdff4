import { hostInUrl, localUrl, reachable } from '@mythical/common/http/address';
import { SERVICES, type ServiceKey } from '@mythical/common/services';
import { frontendSettings, recorderSettings, requesterSettings, serverSettings } from '@mythical/common/settings';
import { environment as lensVariables } from '../lens/config.ts';
import type { DataFolder } from './data-folder.ts';
import { inherited } from './inherited.ts';
import type { Listen, Settings } from './settings.ts';

const PORT_OF_SERVICE = {
  server: 'MYTHICAL_SERVER_PORT',
  requester: 'MYTHICAL_REQUESTER_PORT',
  recorder: 'MYTHICAL_RECORDER_PORT',
} as const;

const SETTINGS_OF = { server: serverSettings, requester: requesterSettings, recorder: recorderSettings };

type Addresses = Pick<Settings, 'ports' | 'listen'>;

export function serviceUrl(service: ServiceKey, { ports, listen }: Addresses): string {
  return localUrl(listen.services.address, ports[PORT_OF_SERVICE[service]]);
}

export function frontendUrl({ ports, listen }: Addresses): string {
  return localUrl(listen.services.address, ports.MYTHICAL_FRONTEND_PORT);
}

export function lensUrl({ ports, listen }: Addresses): string {
  return localUrl(listen.lens.address, ports.LENS_PORT);
}

/** As seen from the user's browser. */
export function publicUrl({ publicHost }: Listen, port: number): string {
  return `http://${hostInUrl(publicHost)}:${port}`;
}

/**
 * The environment of a service: by default it uses the launcher's lens, Postgres and server; the user's own variables
 * take precedence. Exceptions are PORT, which can't be the same for three services, and POSTGRES_*, which must all
 * refer to the same server.
 */
export function serviceEnvironment(
  service: ServiceKey,
  settings: Settings,
  postgresUrl: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const { ports, listen } = settings;
  const broker = env.AMQP_URL || env.QUEUE_HOST;
  const overHttp = env.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/protobuf';
  const endpoint = localUrl(listen.lens.address, ports[overHttp ? 'LENS_OTLP_HTTP_PORT' : 'LENS_OTLP_GRPC_PORT']);
  return {
    ...(broker ? {} : { QUEUE_TRANSPORT: 'postgres' }),
    ...(env.TRACING_COLLECTOR_HOST ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
    LOGS_TARGET: `${lensUrl(settings)}/loki/api/v1/push`,
    PROFILING_MODE: 'push',
    PROFILE_COLLECTOR_HOST: reachable(listen.lens.address),
    PROFILE_COLLECTOR_PORT: String(ports.LENS_PORT),
    SPAN_PROFILES: 'true',
    // Exports spans sooner: half of the default delay.
    OTEL_BSP_SCHEDULE_DELAY: '500',
    MYTHICAL_SERVER_URL: serviceUrl('server', settings),
    ...(service === 'server' && browserVariables(settings)),
    ...inherited(env, SETTINGS_OF[service], isCompanionOf(env)),
    ...(postgresUrl && postgresVariables(postgresUrl)),
    PORT: String(ports[PORT_OF_SERVICE[service]]),
  };
}

const OF_OTLP = /^OTEL_EXPORTER_OTLP_|^(HTTPS?|GRPC|NO|NO_GRPC)_PROXY$/;
const OF_POSTGRES = /^PGSSL/;

/** Variables that go with the user's own collector or Postgres. */
function isCompanionOf(env: NodeJS.ProcessEnv): (name: string) => boolean {
  const otherCollector = env.OTEL_EXPORTER_OTLP_ENDPOINT || env.TRACING_COLLECTOR_HOST;
  return (name) => Boolean((otherCollector && OF_OTLP.test(name)) || (env.POSTGRES_HOST && OF_POSTGRES.test(name)));
}

/** URLs as seen from the user's browser. */
function browserVariables(settings: Addresses): NodeJS.ProcessEnv {
  const lens = publicUrl(settings.listen.lens, settings.ports.LENS_PORT);
  return {
    CORS_ALLOWED_ORIGINS: frontendOrigins(settings),
    FARO_URL: `${lens}/collect`,
    TRACE_URL: `${lens}/#/trace/{traceId}`,
    LOGS_URL: `${lens}/#/logs?trace={traceId}`,
    PROFILE_URL: `${lens}/#/flame?service=${SERVICES.server.name}&type=cpu`,
  };
}

function frontendOrigins({ ports, listen }: Addresses): string {
  const hosts = new Set([listen.services.publicHost, 'localhost', '127.0.0.1']);
  return [...hosts].map((host) => `http://${hostInUrl(host)}:${ports.MYTHICAL_FRONTEND_PORT}`).join(',');
}

export function frontendEnvironment(
  { ports, listen }: Addresses,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return {
    PUBLIC_API_URL: publicUrl(listen.services, ports.MYTHICAL_SERVER_PORT),
    ...inherited(env, frontendSettings),
    PORT: String(ports.MYTHICAL_FRONTEND_PORT),
  };
}

export function lensEnvironment(
  settings: Addresses,
  folder: Pick<DataFolder, 'lens'>,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const services = Object.keys(SERVICES) as ServiceKey[];
  const targets = services.map((key) => `${SERVICES[key].name}=${serviceUrl(key, settings)}/metrics`);
  return {
    LENS_DATA_DIR: folder.lens,
    LENS_SCRAPE_TARGETS: targets.join(','),
    LENS_FARO_ORIGINS: frontendOrigins(settings),
    LENS_ALLOWED_HOSTS: settings.listen.lens.publicHost,
    ...inherited(env, lensVariables),
  };
}

function postgresVariables(postgresUrl: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname } = new URL(postgresUrl);
  return {
    POSTGRES_HOST: hostname,
    POSTGRES_PORT: port,
    POSTGRES_USER: username,
    POSTGRES_PASSWORD: decodeURIComponent(password),
    POSTGRES_DB: pathname.slice(1),
  };
}
