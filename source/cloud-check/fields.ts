/** The values that a person brings from Grafana Cloud, by the names of their placeholders in alloy/endpoints-cloud.json. */

export const SIGNALS = ['metrics', 'logs', 'traces', 'profiles'] as const;
export type Signal = (typeof SIGNALS)[number];

export type FieldKind = 'url' | 'username' | 'password' | 'base64';

export type Field = {
  /** In angle brackets it is the placeholder. */
  name: FieldName;
  signal: Signal;
  kind: FieldKind;
  /** Where in the file it stands. */
  path: readonly string[];
  /** The environment variable that wins over the file. */
  variable: string;
};

export const FIELDS = [
  field('metricsUrl', 'metrics', 'url', 'url'),
  field('metricsUsername', 'metrics', 'username', 'basicAuth.username'),
  field('metricsPassword', 'metrics', 'password', 'basicAuth.password'),
  field('logsUrl', 'logs', 'url', 'url'),
  field('logsUsername', 'logs', 'username', 'basicAuth.username'),
  field('logsPassword', 'logs', 'password', 'basicAuth.password'),
  field('tracesUrl', 'traces', 'url', 'url'),
  field('tracesBase64AuthToken', 'traces', 'base64', 'basicAuthToken'),
  field('profilesUrl', 'profiles', 'url', 'url'),
  field('profileUsername', 'profiles', 'username', 'basicAuth.username'),
  field('profilePassword', 'profiles', 'password', 'basicAuth.password'),
] satisfies Field[];

export type FieldName =
  | 'metricsUrl'
  | 'metricsUsername'
  | 'metricsPassword'
  | 'logsUrl'
  | 'logsUsername'
  | 'logsPassword'
  | 'tracesUrl'
  | 'tracesBase64AuthToken'
  | 'profilesUrl'
  | 'profileUsername'
  | 'profilePassword';

/** All of them; what is missing is an empty text. */
export type Endpoints = Record<FieldName, string>;

/** The part of the Cloud portal that a signal's values stand in, and the scope that its token needs. */
export const PORTAL: Record<Signal, { tile: string; scope: string; host: string }> = {
  metrics: { tile: 'Prometheus', scope: 'metrics:write', host: 'prometheus-prod-…' },
  logs: { tile: 'Loki', scope: 'logs:write', host: 'logs-prod-…' },
  traces: { tile: 'Tempo', scope: 'traces:write', host: 'tempo-prod-…' },
  profiles: { tile: 'Pyroscope', scope: 'profiles:write', host: 'profiles-prod-…' },
};

/** What a correct URL of each signal looks like. */
export const EXAMPLE_URL: Record<Signal, string> = {
  metrics: 'https://prometheus-prod-01-eu-west-0.grafana.net/api/prom/push',
  logs: 'https://logs-prod-012.grafana.net/loki/api/v1/push',
  traces: 'https://tempo-prod-10-prod-eu-west-2.grafana.net:443',
  profiles: 'https://profiles-prod-001.grafana.net',
};

/** The path that Alloy's exporter of each signal needs; the exporters of traces and profiles add their own. */
export const URL_PATH: Record<Signal, string> = {
  metrics: '/api/prom/push',
  logs: '/loki/api/v1/push',
  traces: '/',
  profiles: '/',
};

export function fieldOf(signal: Signal, kind: FieldKind): Field | undefined {
  return FIELDS.find((field) => field.signal === signal && field.kind === kind);
}

/** The name in a placeholder. Only these are: whatever else stands in angle brackets may be a token. */
export function placeholderIn(text: string): FieldName | undefined {
  return FIELDS.find(({ name }) => text.trim() === `<${name}>`)?.name;
}

/** Where in the Cloud portal a value is found. */
export function whereInPortal({ signal, kind }: Pick<Field, 'signal' | 'kind'>): string {
  const { tile, scope } = PORTAL[signal];
  const page = `grafana.com → My Account → your stack → ${tile} → Details`;
  if (kind === 'url') return `${page}: the URL, such as ${EXAMPLE_URL[signal]}`;
  if (kind === 'username') return `${page}: the username, which is a number (“instance ID”)`;
  const token = `“Generate now” under the password makes a token; it begins with glc_ and needs the scope ${scope}`;
  if (kind === 'password') return `${page}: ${token}`;
  return `${page}: ${token}. Then: printf '%s' '<username>:<token>' | base64 | tr -d '\\n'`;
}

function field(name: FieldName, signal: Signal, kind: FieldKind, path: string): Field {
  const variable = `GRAFANA_CLOUD_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  return { name, signal, kind, path: [signal, ...path.split('.')], variable };
}
