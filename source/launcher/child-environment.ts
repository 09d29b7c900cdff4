import { SERVICES, type ServiceKey } from '@mythical/common/services';
import type { DataFolder } from './data-folder.ts';
import type { Settings } from './settings.ts';

const PORT_OF_SERVICE = {
  server: 'MYTHICAL_SERVER_PORT',
  requester: 'MYTHICAL_REQUESTER_PORT',
  recorder: 'MYTHICAL_RECORDER_PORT',
} as const;

export function serviceUrl(service: ServiceKey, { ports }: Pick<Settings, 'ports'>): string {
  return `http://127.0.0.1:${ports[PORT_OF_SERVICE[service]]}`;
}

export function frontendUrl({ ports }: Pick<Settings, 'ports'>): string {
  return `http://127.0.0.1:${ports.MYTHICAL_FRONTEND_PORT}`;
}

export function lensUrl({ ports }: Pick<Settings, 'ports'>): string {
  return `http://127.0.0.1:${ports.LENS_PORT}`;
}

/**
 * The environment of a service: it finds lens, Postgres and the server where the launcher put them, unless the person
 * has set a variable otherwise. Two exceptions: PORT, which can't be the same for three services, and the POSTGRES_*
 * variables, which belong together, so that those of the embedded server go with its host.
 */
export function serviceEnvironment(
  service: ServiceKey,
  settings: Settings,
  postgresUrl: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const { ports } = settings;
  const broker = env.AMQP_URL || env.QUEUE_HOST;
  const otherCollector = env.TRACING_COLLECTOR_HOST;
  return {
    ...(broker ? {} : { QUEUE_TRANSPORT: 'postgres' }),
    ...(otherCollector ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.LENS_OTLP_GRPC_PORT}` }),
    LOGS_TARGET: `${lensUrl(settings)}/loki/api/v1/push`,
    PROFILING_MODE: 'push',
    PROFILE_COLLECTOR_HOST: '127.0.0.1',
    PROFILE_COLLECTOR_PORT: String(ports.LENS_PORT),
    SPAN_PROFILES: 'true',
    MYTHICAL_SERVER_URL: serviceUrl('server', settings),
    ...(service === 'server' && browserVariables(settings)),
    ...given(env),
    ...(postgresUrl && postgresVariables(postgresUrl)),
    PORT: String(ports[PORT_OF_SERVICE[service]]),
  };
}

/** What the browser app is told: addresses as the person's browser knows them. */
function browserVariables({ ports }: Settings): NodeJS.ProcessEnv {
  const lens = `http://localhost:${ports.LENS_PORT}`;
  return {
    CORS_ALLOWED_ORIGINS: frontendOrigins(ports),
    FARO_URL: `${lens}/collect`,
    TRACE_URL: `${lens}/#/trace/{traceId}`,
    LOGS_URL: `${lens}/#/logs?trace={traceId}`,
    PROFILE_URL: `${lens}/#/flame?service=${SERVICES.server.name}&type=cpu`,
  };
}

function frontendOrigins(ports: Settings['ports']): string {
  return ['localhost', '127.0.0.1'].map((host) => `http://${host}:${ports.MYTHICAL_FRONTEND_PORT}`).join(',');
}

export function frontendEnvironment({ ports }: Settings, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    PUBLIC_API_URL: `http://localhost:${ports.MYTHICAL_SERVER_PORT}`,
    ...given(env),
    PORT: String(ports.MYTHICAL_FRONTEND_PORT),
  };
}

export function lensEnvironment(
  settings: Settings,
  folder: Pick<DataFolder, 'lens'>,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const services = Object.keys(SERVICES) as ServiceKey[];
  const targets = services.map((key) => `${SERVICES[key].name}=${serviceUrl(key, settings)}/metrics`);
  return {
    LENS_DATA_DIR: folder.lens,
    LENS_SCRAPE_TARGETS: targets.join(','),
    LENS_FARO_ORIGINS: frontendOrigins(settings.ports),
    ...given(env),
  };
}

/** An empty variable counts as unset, as everywhere in this project. */
function given(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
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
