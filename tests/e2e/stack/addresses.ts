import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** The settings of Docker Compose, as Compose sees them: `.env`, and the shell's variables before it. */
const settings: Record<string, string | undefined> = {
  ...parseEnv(readFileSync(path.join(import.meta.dirname, '../../../.env'), 'utf8')),
  ...process.env,
};

const at = (variable: string) => `http://${process.env.SANDBOX_HOST ?? 'localhost'}:${settings[variable]}`;

/** Where each component of the stack answers on this machine. */
export const ADDRESSES = {
  server: at('MYTHICAL_SERVER_PORT'),
  requester: at('MYTHICAL_REQUESTER_PORT'),
  recorder: at('MYTHICAL_RECORDER_PORT'),
  /** The pages of Alloy, or of the OpenTelemetry Collector. */
  collector: at('ALLOY_PORT'),
  otlpHttp: at('OTLP_HTTP_PORT'),
  faro: at('FARO_PORT'),
  mimir: at('MIMIR_PORT'),
  loki: at('LOKI_PORT'),
  tempo: at('TEMPO_PORT'),
  pyroscope: at('PYROSCOPE_PORT'),
  grafana: at('GRAFANA_PORT'),
  frontend: at('FRONTEND_PORT'),
} as const;

export const POSTGRES = {
  host: process.env.SANDBOX_HOST ?? 'localhost',
  port: Number(settings.POSTGRES_PORT),
  user: 'grafana_reader',
  password: settings.POSTGRES_READER_PASSWORD,
  database: 'postgres',
};

export const AMQP_URL = `amqp://mythical:${settings.RABBITMQ_PASSWORD}@${process.env.SANDBOX_HOST ?? 'localhost'}:${settings.RABBITMQ_PORT}`;

export const NAMESPACE = settings.NAMESPACE;
export const FRONTEND_ORIGIN = `http://localhost:${settings.FRONTEND_PORT}`;

/**
 * Components that are left out on purpose, because this machine can't have them: `WITHOUT=grafana,beyla`. What needs them
 * is reported as skipped, "not run: grafana", and so is what needs a profile of Compose that is off. All else must run.
 */
export const WITHOUT = new Set((process.env.WITHOUT ?? '').split(',').filter(Boolean));

// Components that Compose only starts on demand.
for (const profile of ['k6', 'beyla']) {
  if (!settings.COMPOSE_PROFILES?.split(',').includes(profile)) WITHOUT.add(profile);
}

/** The option `skip` of a test that needs these components. */
export function needs(...components: string[]): { skip: string | false } {
  const missing = components.filter((name) => WITHOUT.has(name));
  return { skip: missing.length > 0 && `not run: ${missing.join(', ')}` };
}
