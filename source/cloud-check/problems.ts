import {
  type Endpoints,
  FIELDS,
  type FieldKind,
  type FieldName,
  isPlaceholder,
  PORTAL,
  SIGNALS,
  type Signal,
  whereInPortal,
} from './fields.ts';

/** An invalid value. Never contains the value itself, which may be a token in the wrong field. */
export type Problem = {
  /** The field and its file, or the variable. */
  where: string;
  problem: string;
  hint: string;
};

/** Validates the values without contacting the endpoints. At most one problem per field, the first to fix. */
export function findProblems(endpoints: Endpoints, places: Record<FieldName, string>): Problem[] {
  return FIELDS.flatMap((field) => {
    const value = endpoints[field.name];
    const problem = unfilled(value) ?? mistakeIn[field.kind](value, field.signal);
    return problem ? [{ where: places[field.name], problem, hint: whereInPortal(field) }] : [];
  });
}

function unfilled(value: string): string | undefined {
  if (value === '') return 'is empty';
  if (isPlaceholder(value)) return `is still a placeholder, ${value}`;
}

const mistakeIn: Record<FieldKind, (value: string, signal: Signal) => string | undefined> = {
  url: mistakeInUrl,
  username: (value) => (/^\d+$/.test(value) ? undefined : 'is not a number'),
  password: mistakeInToken,
  base64: mistakeInBase64,
};

function mistakeInUrl(value: string, signal: Signal): string | undefined {
  if (/^http:/i.test(value)) return 'is an http URL: use https, otherwise others can read your token';
  // The portal also shows Tempo's endpoint in this form.
  const text = signal === 'traces' && /^[\w.-]+:\d+$/.test(value) ? `https://${value}` : value;
  // URL accepts https:///host, Alloy doesn't.
  if (!/^https:\/\/[^/\\]/i.test(text) || !URL.canParse(text)) return 'is not a URL that begins with https://';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return 'contains a username and a token: remove everything between https:// and @';
  }
  return otherHost(signal, url.hostname) ?? wrongEnd(signal, url);
}

/** Prefixes of Grafana Cloud's host names. */
const HOSTS: Record<Signal, RegExp> = {
  metrics: /^(prometheus|mimir|cortex)-/,
  logs: /^(logs|loki)-/,
  traces: /^tempo-/,
  profiles: /^profiles-/,
};

function otherHost(signal: Signal, hostname: string): string | undefined {
  // Private link host names have more parts, and any prefix.
  if (!/^([^.]+\.grafana\.net|(www\.)?grafana\.com)$/.test(hostname) || HOSTS[signal].test(hostname)) return;
  const other = SIGNALS.find((one) => HOSTS[one].test(hostname));
  return other ? `is the URL for ${other}` : `is the URL of another product, not of ${PORTAL[signal].tile}`;
}

function wrongEnd(signal: Signal, { hostname, port, pathname, search, hash }: URL): string | undefined {
  if (port !== '' && hostname.endsWith('.grafana.net')) return `names port ${port}: Grafana Cloud listens on 443 only`;
  const wanted = new URL(PORTAL[signal].url).pathname;
  if (pathname + search + hash === wanted) return;
  return wanted === '/' ? 'has a path: it must end after the host' : `has the wrong path: it must end with ${wanted}`;
}

function mistakeInToken(token: string): string | undefined {
  if (token.startsWith('glsa_')) return 'is the token of a service account, which is for Grafana itself';
  // glc_ is followed by base64-encoded JSON, always longer than this.
  if (/^glc_[A-Za-z0-9+/_-]{20,}={0,2}$/.test(token)) return;
  return 'is not an access policy token (glc_…), or only part of one';
}

function mistakeInBase64(value: string): string | undefined {
  const decoded = Buffer.from(value, 'base64');
  const [, token] = /^\d+:(.+)$/.exec(decoded.toString()) ?? [];
  // Buffer ignores invalid characters and accepts base64url, which HTTP basic authentication doesn't.
  if (token === undefined || decoded.toString('base64') !== value) return 'is not <username>:<token> in base64';
  return mistakeInToken(token);
}
