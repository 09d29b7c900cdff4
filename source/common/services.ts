/** The only definition of the services and their ports. Tests compare Compose, Alloy and dashboard files with it. */
export const SERVICES = {
  requester: { name: 'mythical-requester', port: 4001 },
  server: { name: 'mythical-server', port: 4000 },
  recorder: { name: 'mythical-recorder', port: 4002 },
} as const;

/** The browser app. Its telemetry comes from browsers via Faro; the process only serves files. */
export const FRONTEND = { name: 'mythical-frontend', port: 3001 } as const;

export type ServiceKey = keyof typeof SERVICES;
export type ServiceName = (typeof SERVICES)[ServiceKey]['name'];

/** Ports on which Alloy, the OpenTelemetry Collector or lens receive telemetry. */
export const TELEMETRY_PORTS = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  /** Faro on Alloy; lens receives it on its own port. */
  faro: 12350,
} as const;

/** The start page: Grafana under Docker Compose, lens under `npm start`. */
export const PAGE_PORT = 3000;

/**
 * Node arguments of each service. V8 sizes its heap by the machine's memory and rarely collects garbage on large
 * machines: a service that needs 60 MB would use 400 MB. The limit leaves room for the scenario `memory-leak`. V8 would
 * also let the young generation grow to 128 MB, and keep it.
 */
export const SERVICE_NODE_ARGS = ['--max-old-space-size=256', '--max-semi-space-size=4'];

/** For every Node process: without this limit, glibc keeps freed memory in an arena per thread. */
export const NODE_VARIABLES = { MALLOC_ARENA_MAX: '2' };
