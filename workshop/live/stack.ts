/** The addresses of the running stack, as reachable from this machine. */
export type Stack = {
  alloy: string;
  mimir: string;
  loki: string;
  tempo: string;
  pyroscope: string;
  /** Ports of Alloy that the student's configuration opens. */
  otlp: string;
  lokiPush: string;
  profilesPush: string;
  faro: string;
};

/** The command that starts the stack with the student's file, or makes the running one read it. */
export const startCommand = (file: string) =>
  `docker compose -f docker-compose-workshop${file.endsWith('.yml') ? '-otel' : ''}.yml up -d --remove-orphans`;

/** Shows why Alloy rejects a file, or has stopped. */
export const LOG_COMMAND = 'docker compose logs --since 1m alloy | grep level=error';
export const COLLECTOR_LOG_COMMAND = 'docker compose logs --since 1m otel-collector';

/** From the ports in .env, or their defaults, as published by docker-compose.yml. */
export function stackOf(env: Record<string, string | undefined>): Stack {
  const at = (variable: string, port: number) => `http://127.0.0.1:${env[variable] || port}`;
  return {
    alloy: at('ALLOY_PORT', 12347),
    mimir: at('MIMIR_PORT', 9009),
    loki: at('LOKI_PORT', 3100),
    tempo: at('TEMPO_PORT', 3200),
    pyroscope: at('PYROSCOPE_PORT', 4040),
    otlp: at('OTLP_HTTP_PORT', 4318),
    lokiPush: at('ALLOY_LOKI_PORT', 3101),
    profilesPush: at('ALLOY_PROFILES_PORT', 4041),
    faro: at('FARO_PORT', 12350),
  };
}
