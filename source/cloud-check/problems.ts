import {
  type Endpoints,
  EXAMPLE_URL,
  FIELDS,
  type Field,
  type FieldName,
  fieldOf,
  PORTAL,
  placeholderIn,
  type Signal,
  URL_PATH,
  whereInPortal,
} from './fields.ts';

/** Something about the endpoints that can't work. No part of it repeats a value: it may be a token at the wrong place. */
export type Problem = {
  /** The field and its file, or the variable. */
  where: string;
  problem: string;
  hint: string;
};

type Finding = Omit<Problem, 'where'>;

/** All that can be said without asking the endpoints: at most one problem for each field, the first to mend. */
export function findProblems(endpoints: Endpoints, places: Record<FieldName, string>): Problem[] {
  return FIELDS.flatMap((field) => {
    const finding = check(field, endpoints);
    return finding ? [{ where: places[field.name], ...finding }] : [];
  });
}

function check(field: Field, endpoints: Endpoints): Finding | undefined {
  const value = endpoints[field.name];
  return unfilled(field, value) ?? uncleanText(field, value) ?? checks[field.kind](field, value, endpoints);
}

const checks: Record<Field['kind'], (field: Field, value: string, endpoints: Endpoints) => Finding | undefined> = {
  url: (field, value, endpoints) => misplacedInUrl(field, value, endpoints) ?? wrongUrl(field.signal, value),
  username: wrongUsername,
  password: wrongPassword,
  base64: (field, value) => wrongBase64Token(field, value),
};

function unfilled(field: Field, value: string): Finding | undefined {
  if (value === '') return { problem: 'is empty', hint: whereInPortal(field) };
  const placeholder = placeholderIn(value);
  if (placeholder === undefined) return;
  const own = placeholder === field.name;
  return { problem: `is still ${own ? 'the' : 'a'} placeholder <${placeholder}>`, hint: whereInPortal(field) };
}

/** What copying adds to a value. */
function uncleanText(field: Field, value: string): Finding | undefined {
  if (/[\r\n]$/.test(value)) {
    return { problem: 'ends with a line break', hint: 'remove it: in JSON it is \\n before the quotation mark' };
  }
  if (/[\r\n]/.test(value)) {
    const wrapped = field.kind === 'base64' ? ': base64 wraps long lines, so pipe its output through tr -d "\\n"' : '';
    return { problem: 'has a line break inside', hint: `write it in one line${wrapped}` };
  }
  if (value !== value.trim()) return { problem: 'begins or ends with a blank', hint: 'remove the blank' };
  if (/^(["'“”‘’`]).*|.*(["'“”‘’`])$/.test(value)) {
    return {
      problem: 'has quotation marks inside the value',
      hint: 'leave those of JSON alone, and remove the others',
    };
  }
  if (/^<.*>$/.test(value)) {
    return { problem: 'stands in angle brackets', hint: 'the brackets belong to the placeholder: remove them' };
  }
  if (field.kind !== 'base64' && /\s/.test(value)) return { problem: 'has a blank inside', hint: whereInPortal(field) };
}

// ----------------------------------------------------------------------------------------------------------- URLs

function misplacedInUrl(field: Field, value: string, endpoints: Endpoints): Finding | undefined {
  const { signal } = field;
  const secret = fieldOf(signal, 'password') ?? fieldOf(signal, 'base64')!;
  if (isToken(value) || isUserAndToken(decodeBase64(value))) {
    return isUrl(endpoints[secret.name])
      ? { problem: 'holds the token, and the token holds the URL', hint: `swap it with ${secret.path.join('.')}` }
      : { problem: 'holds a token', hint: whereInPortal(field) };
  }
  if (/^\d+$/.test(value)) return { problem: 'holds a number, as usernames are', hint: whereInPortal(field) };
}

function wrongUrl(signal: Signal, value: string): Finding | undefined {
  const example = `it looks like ${EXAMPLE_URL[signal]}`;
  if (/^http:/i.test(value)) {
    return {
      problem: 'is an http URL',
      hint: 'write https: without encryption anybody on the way could read your token',
    };
  }
  // The portal shows the address of Tempo in this form as well, and gRPC takes it.
  const text = signal === 'traces' && /^[\w.-]+:\d+$/.test(value) ? `https://${value}` : value;
  if (!/^https:\/\//i.test(text)) {
    return /^[\w-]+(\.[\w-]+)+/.test(text)
      ? { problem: 'does not begin with https://', hint: example }
      : { problem: 'is no URL', hint: example };
  }
  // URL takes https:///host for https://host, Alloy doesn't.
  if (!URL.canParse(text) || /^https:\/\/[/\\]/i.test(text)) return { problem: 'is no URL', hint: example };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return {
      problem: 'has a username and a token inside',
      hint: `they have fields of their own: leave out everything between https:// and @; ${example}`,
    };
  }
  return foreignHost(signal, url) ?? wrongPath(signal, url) ?? wrongPort(url);
}

/** The kinds of hosts at Grafana Cloud, by how their names begin. */
const HOSTS: [prefix: RegExp, what: Signal | string][] = [
  [/^(prometheus|mimir|cortex)-/, 'metrics'],
  // loki- in the addresses of private links.
  [/^(logs|loki)-/, 'logs'],
  [/^tempo-/, 'traces'],
  [/^profiles-/, 'profiles'],
  [/^otlp-gateway-/, 'the OTLP gateway, which takes no'],
  [/^graphite-/, 'Graphite, which takes no'],
  [/^influx-/, 'the Influx endpoint, which takes no'],
  [/^(faro|fleet-management|synthetic-monitoring|oncall|k6|alertmanager)-/, 'another product, which takes no'],
];

function foreignHost(signal: Signal, { hostname }: URL): Finding | undefined {
  const hint = `take that of ${PORTAL[signal].tile}: ${whereInPortal({ signal, kind: 'url' })}`;
  if (hostname === 'grafana.com' || hostname === 'www.grafana.com') {
    return { problem: 'is a page of the Cloud portal', hint };
  }
  if (!hostname.endsWith('.grafana.net')) return;
  const what = HOSTS.find(([prefix]) => prefix.test(hostname))?.[1];
  if (what === signal) return;
  // Of a stack: its name, and nothing before or after it. Any other may be one that we do not know.
  if (what === undefined) {
    return /^[^.]+\.grafana\.net$/.test(hostname) ? { problem: 'is the address of Grafana itself', hint } : undefined;
  }
  if (what in PORTAL) return { problem: `is the URL for ${what}`, hint };
  return { problem: `is the address of ${what} ${signal} in this form`, hint };
}

/** Paths that people bring from elsewhere, and what they are for. */
const KNOWN_PATHS: Partial<Record<Signal, Record<string, string>>> = {
  metrics: {
    '/api/prom': 'is the URL for queries',
    '/api/prom/api/v1/query': 'is the URL for queries',
    '/api/v1/push': 'has the path of a Mimir of your own',
    '/api/v1/write': 'has the path of a Prometheus of your own',
  },
  logs: {
    '/loki/api/v1/query_range': 'is the URL for queries',
    '/otlp': 'has the path of OTLP',
    '/otlp/v1/logs': 'has the path of OTLP',
  },
  traces: {
    '/tempo': 'is the URL for queries',
    '/v1/traces': 'has the path of OTLP over HTTP',
    '/otlp': 'has the path of OTLP over HTTP',
    '/otlp/v1/traces': 'has the path of OTLP over HTTP',
  },
  profiles: {
    '/ingest': 'has a path, which Alloy adds itself',
    '/push.v1.PusherService/Push': 'has a path, which Alloy adds itself',
  },
};

function wrongPath(signal: Signal, { pathname, search, hash }: URL): Finding | undefined {
  const wanted = URL_PATH[signal];
  if (search !== '' || hash !== '') {
    return { problem: 'has something after its path', hint: 'leave out what begins with ? or #' };
  }
  if (pathname === wanted) return;
  const end = wanted === '/' ? 'it ends after the host (and port)' : `it ends with ${wanted}`;
  const known = KNOWN_PATHS[signal]?.[pathname.replace(/(.)\/$/, '$1')];
  if (known) return { problem: known, hint: end };
  if (pathname === '/') return { problem: `lacks the path ${wanted}`, hint: end };
  if (wanted.startsWith(pathname)) return { problem: `has only the first part of the path ${wanted}`, hint: end };
  if (pathname.startsWith(wanted)) return { problem: 'has a path that is too long', hint: end };
  return { problem: 'has a wrong path', hint: end };
}

function wrongPort({ hostname, port }: URL): Finding | undefined {
  if (port === '' || !hostname.endsWith('.grafana.net')) return;
  return { problem: `names port ${port}`, hint: 'Grafana Cloud listens on 443 only: leave the port out' };
}

// ----------------------------------------------------------------------------------------------- who, and the token

function wrongUsername(field: Field, value: string, endpoints: Endpoints): Finding | undefined {
  if (/^\d+$/.test(value)) return;
  const password = fieldOf(field.signal, 'password')!;
  const hint = whereInPortal(field);
  if (isUrl(value)) return { problem: 'holds a URL', hint };
  if (isToken(value)) {
    return /^\d+$/.test(endpoints[password.name])
      ? {
          problem: 'holds the token, and the token holds the username',
          hint: `swap it with ${password.path.join('.')}`,
        }
      : { problem: 'holds a token', hint };
  }
  if (value.includes('@')) return { problem: 'is an e-mail address', hint };
  return { problem: 'is no number', hint };
}

function wrongPassword(field: Field, value: string, endpoints: Endpoints): Finding | undefined {
  const { signal } = field;
  const username = fieldOf(signal, 'username')!;
  const url = fieldOf(signal, 'url')!;
  const hint = whereInPortal(field);
  if (isUrl(value)) {
    // The field of the URL says it already.
    const swapped = isToken(endpoints[url.name]);
    return { problem: 'holds a URL', hint: swapped ? `swap it with ${url.path.join('.')}` : hint };
  }
  if (/^\d+$/.test(value)) {
    const swapped = isToken(endpoints[username.name]);
    return {
      problem: 'holds a number, as usernames are',
      hint: swapped ? `swap it with ${username.path.join('.')}` : hint,
    };
  }
  if (isUserAndToken(value)) {
    return { problem: 'holds username and token together', hint: 'leave out the number and the colon' };
  }
  if (isUserAndToken(decodeBase64(value))) {
    return { problem: 'is encoded as base64, which only traces.basicAuthToken is', hint };
  }
  return wrongKindOfToken(value, hint);
}

function wrongBase64Token(field: Field, value: string): Finding | undefined {
  const hint = whereInPortal(field);
  const encode = "encode both: printf '%s' '<username>:<token>' | base64 | tr -d '\\n'";
  if (isUrl(value)) return { problem: 'holds a URL', hint };
  if (/^(basic|bearer)\s/i.test(value)) return withScheme;
  if (isUserAndToken(value)) return { problem: 'holds username and token, but not encoded', hint: encode };
  if (isToken(value)) return { problem: 'holds a token alone, and not encoded', hint: encode };
  if (/^\d+$/.test(value)) return { problem: 'holds a number, as usernames are', hint: encode };
  const decoded = decodeBase64(value);
  if (decoded === undefined) return { problem: 'is no base64', hint: encode };
  if (/[-_]/.test(value))
    return { problem: 'is base64 for URLs, with - and _, which HTTP does not take', hint: encode };
  if (Buffer.from(value, 'base64').toString('base64') !== value) {
    return { problem: 'is cut off, or has more at its end than the base64', hint: encode };
  }
  if (/[\r\n]$/.test(decoded)) {
    return {
      problem: 'has a line break at the end of the encoded token',
      hint: `echo adds it; printf does not: ${encode}`,
    };
  }
  if (/<.*>/.test(decoded)) {
    return { problem: 'has angle brackets in what is encoded', hint: `they belong to a placeholder: ${encode}` };
  }
  if (isUrl(decoded)) return { problem: 'is an encoded URL', hint: encode };
  const colon = decoded.indexOf(':');
  if (colon === -1) return { problem: 'has no username in front of the encoded token', hint: encode };
  const [username, token] = [decoded.slice(0, colon), decoded.slice(colon + 1)];
  if (isToken(username)) return { problem: 'has token and username in the wrong order', hint: encode };
  if (!/^\d+$/.test(username)) {
    return { problem: 'has a username that is no number', hint: whereInPortal({ ...field, kind: 'username' }) };
  }
  if (token === '') return { problem: 'has no token after the username', hint: encode };
  if (token !== token.trim()) return { problem: 'has a blank around the encoded token', hint: encode };
  return wrongKindOfToken(token, hint);
}

const withScheme = { problem: 'begins with a word for the HTTP header', hint: 'leave out “Basic ” or “Bearer ”' };

function wrongKindOfToken(token: string, hint: string): Finding | undefined {
  if (/^(basic|bearer)\b/i.test(token)) return withScheme;
  if (token.startsWith('glsa_')) {
    return { problem: 'is the token of a service account, which is for Grafana itself', hint };
  }
  if (token.startsWith('eyJ')) return { problem: 'is an API key of the old kind, which Grafana Cloud has ended', hint };
  if (!token.startsWith('glc_')) return { problem: 'is no access policy token', hint };
  if (!WHOLE_TOKEN.test(token)) return { problem: 'is cut off, or has more at its end than the token', hint };
}

/** Behind glc_ is JSON in base64, of which the shortest has more than this. */
const WHOLE_TOKEN = /^glc_[A-Za-z0-9+/_-]{20,}={0,2}$/;

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) || /^[\w-]+(\.[\w-]+)*\.grafana\.net\b/.test(text);
}

function isToken(text: string): boolean {
  return /^(glc_|glsa_|eyJ)/.test(text);
}

function isUserAndToken(text: string | undefined): boolean {
  return text !== undefined && /^\d+:(glc_|glsa_|eyJ)/.test(text);
}

/** The text behind base64, undefined for what is none. */
function decodeBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]{4,}={0,2}$/.test(text)) return;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no text has
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(decoded) ? undefined : decoded;
}
