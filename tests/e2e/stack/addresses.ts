import { composeDefaults, dotEnv } from '../../support/compose-settings.ts';

/** The settings of Docker Compose: its defaults, `.env`, and the shell's variables. */
const settings: Record<string, string | undefined> = { ...composeDefaults(), ...dotEnv(), ...process.env };

const at = (variable: string) => `http://${process.env.SANDBOX_HOST ?? 'localhost'}:${settings[variable]}`;

/** The address of each component on this machine. */
export const ADDRESSES = {
  server: at('MYTHICAL_SERVER_PORT'),
  requester: at('MYTHICAL_REQUESTER_PORT'),
  recorder: at('MYTHICAL_RECORDER_PORT'),
  /** The UI of Alloy or of the OpenTelemetry Collector. */
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

export const AMQP_URL = `amqp://mythical:${encodeURIComponent(settings.RABBITMQ_PASSWORD ?? '')}@${process.env.SANDBOX_HOST ?? 'localhost'}:${settings.RABBITMQ_PORT}`;

export const NAMESPACE = settings.NAMESPACE;
export const FRONTEND_ORIGIN = `http://${settings.PUBLIC_HOST}:${settings.FRONTEND_PORT}`;

/**
 * Components that are left out on purpose, because this machine can't run them: `WITHOUT=grafana,beyla`. Tests that need them
 * are skipped as "not run: grafana", and so are tests for k6 or Beyla if these are off. Everything else must run.
 */
export const WITHOUT = new Set((process.env.WITHOUT ?? '').split(',').filter(Boolean));

if (settings.K6_REPLICAS === '0') WITHOUT.add('k6');
if (settings.LOGS_TARGET === '') WITHOUT.add('push');
if (!settings.COMPOSE_PROFILES?.split(',').includes('beyla')) WITHOUT.add('beyla');

/** The `skip` option for a test that needs these components. */
export function needs(...components: string[]): { skip: string | false } {
  const missing = components.filter((name) => WITHOUT.has(name));
  return { skip: missing.length > 0 && `not run: ${missing.join(', ')}` };
}
