/** The user's values from Grafana Cloud, named like their placeholders in alloy/endpoints-cloud.json. */

export const SIGNALS = ['metrics', 'logs', 'traces', 'profiles'] as const;
export type Signal = (typeof SIGNALS)[number];

export type FieldKind = 'url' | 'username' | 'password' | 'base64';

export type Field<Name extends string = string> = {
  /** In angle brackets, this is the placeholder. */
  name: Name;
  signal: Signal;
  kind: FieldKind;
  /** The path in the JSON file. */
  path: readonly string[];
  /** The environment variable that overrides the file. */
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
];

export type FieldName = (typeof FIELDS)[number]['name'];

/** Missing values are empty strings. */
export type Endpoints = Record<FieldName, string>;

export const SECRET_FIELDS = FIELDS.filter(({ kind }) => kind === 'password' || kind === 'base64');

/** The tile of the Cloud portal with the signal's values, and an example of a correct URL. */
export const PORTAL: Record<Signal, { tile: string; url: string }> = {
  metrics: { tile: 'Prometheus', url: 'https://prometheus-prod-01-eu-west-0.grafana.net/api/prom/push' },
  logs: { tile: 'Loki', url: 'https://logs-prod-012.grafana.net/loki/api/v1/push' },
  traces: { tile: 'Tempo', url: 'https://tempo-prod-10-prod-eu-west-2.grafana.net:443' },
  profiles: { tile: 'Pyroscope', url: 'https://profiles-prod-001.grafana.net' },
};

/** A signal's value; empty if the signal has no such field. */
export function valueFor(signal: Signal, kind: FieldKind, endpoints: Endpoints): string {
  const field = FIELDS.find((field) => field.signal === signal && field.kind === kind);
  return field ? endpoints[field.name] : '';
}

/**
 * The placeholders of alloy/endpoints-cloud.json and of intro-to-mltp, which spells two of them with an s. Other text
 * in angle brackets may be a token.
 */
const PLACEHOLDERS = new Set(
  [...FIELDS.map(({ name }) => name), 'profilesUsername', 'profilesPassword'].map((name) => `<${name}>`),
);

export function isPlaceholder(text: string): boolean {
  return PLACEHOLDERS.has(text);
}

/** Where to find a value in the Cloud portal. */
export function whereInPortal({ signal, kind }: Pick<Field, 'signal' | 'kind'>): string {
  const { tile, url } = PORTAL[signal];
  const page = `grafana.com → My Account → your stack → ${tile} → Details`;
  if (kind === 'url') return `${page}: the URL, such as ${url}`;
  if (kind === 'username') return `${page}: the username, which is a number (“instance ID”)`;
  const token = `“Generate now” under the password creates a token; it starts with glc_ and needs the scope ${signal}:write`;
  if (kind === 'password') return `${page}: ${token}`;
  return `${page}: ${token}. Then: printf '%s' '<username>:<token>' | base64 | tr -d '\\n'`;
}

function field<Name extends string>(name: Name, signal: Signal, kind: FieldKind, path: string): Field<Name> {
  const variable = `GRAFANA_CLOUD_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  return { name, signal, kind, path: [signal, ...path.split('.')], variable };
}
