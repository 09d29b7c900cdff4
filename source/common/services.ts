/**
 * The parts of the sandbox and the ports they listen on: the single place in code where either is written.
 * Compose, Alloy and dashboard files are held against it by tests.
 */
export const SERVICES = {
  requester: { name: 'mythical-requester', port: 4001 },
  server: { name: 'mythical-server', port: 4000 },
  recorder: { name: 'mythical-recorder', port: 4002 },
} as const;

/** The browser app. Its signals come from browsers, as Faro sends them; the process only serves files. */
export const FRONTEND = { name: 'mythical-frontend', port: 3001 } as const;

export type ServiceKey = keyof typeof SERVICES;
export type ServiceName = (typeof SERVICES)[ServiceKey]['name'];

/** Ports that telemetry is received on, by Alloy, the OpenTelemetry Collector, or lens. */
export const TELEMETRY_PORTS = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  /** Faro, by Alloy; lens takes it on its own port. */
  faro: 12350,
} as const;

/** The page a person opens first: Grafana under Docker Compose, lens under `npm start`. */
export const PAGE_PORT = 3000;

/**
 * Arguments of Node for a service. V8 sizes its heap by the memory of the machine, and on a large one hardly ever
 * collects garbage: a service that needs 60 MB would take 400. The limit leaves room for the scenario `memory-leak`.
 */
export const SERVICE_NODE_ARGS = ['--max-old-space-size=256'];
