import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Endpoints, FIELDS, type FieldName } from './fields.ts';
import { findProblems } from './problems.ts';

const TOKEN = 'glc_eyJvIjoiMTIzIiwibiI6InNlY3JldCJ9';
const base64 = (text: string) => Buffer.from(text).toString('base64');

const GOOD: Endpoints = {
  metricsUrl: 'https://prometheus-prod-01-eu-west-0.grafana.net/api/prom/push',
  metricsUsername: '1001',
  metricsPassword: TOKEN,
  logsUrl: 'https://logs-prod-012.grafana.net/loki/api/v1/push',
  logsUsername: '1002',
  logsPassword: TOKEN,
  tracesUrl: 'https://tempo-prod-10-prod-eu-west-2.grafana.net:443',
  tracesBase64AuthToken: base64(`1003:${TOKEN}`),
  profilesUrl: 'https://profiles-prod-001.grafana.net',
  profileUsername: '1004',
  profilePassword: TOKEN,
};

const places = Object.fromEntries(FIELDS.map(({ name }) => [name, name])) as Record<FieldName, string>;

/** The field, what somebody put there (or several, where they belong together), and what it is told. */
type Row = [field: FieldName, value: string | Partial<Endpoints>, problem: string, hint?: RegExp];

const MISTAKES: Row[] = [
  // What copying adds.
  ['metricsPassword', `${TOKEN}\n`, 'ends with a line break', /\\n/],
  ['metricsPassword', `${TOKEN} `, 'begins or ends with a blank', /remove/],
  ['metricsPassword', `"${TOKEN}"`, 'has quotation marks inside the value', /remove/],
  ['metricsPassword', `<${TOKEN}>`, 'stands in angle brackets', /remove/],
  ['metricsPassword', `${TOKEN}…`, 'is cut off, or has more at its end than the token', /Prometheus/],
  ['logsPassword', `${TOKEN}\u200b`, 'is cut off, or has more at its end than the token', /Loki/],
  ['profilePassword', TOKEN.slice(0, 12), 'is cut off, or has more at its end than the token', /Pyroscope/],
  ['metricsPassword', `${TOKEN.slice(0, 9)}\n${TOKEN.slice(9)}`, 'has a line break inside', /one line/],
  ['logsPassword', `${TOKEN.slice(0, 9)} ${TOKEN.slice(9)}`, 'has a blank inside', /Loki/],
  ['logsUrl', '', 'is empty', /Loki → Details: the URL/],
  ['logsUrl', '<metricsUrl>', 'is still a placeholder <metricsUrl>', /Loki/],

  // What stands at the place of another.
  ['metricsUrl', TOKEN, 'holds a token', /Prometheus → Details: the URL/],
  [
    'metricsUrl',
    { metricsUrl: TOKEN, metricsPassword: GOOD.metricsUrl },
    'holds the token, and the token holds the URL',
    /swap it with metrics.basicAuth.password/,
  ],
  [
    'tracesUrl',
    { tracesUrl: GOOD.tracesBase64AuthToken, tracesBase64AuthToken: GOOD.tracesUrl },
    'holds the token, and the token holds the URL',
    /swap it with traces.basicAuthToken/,
  ],
  ['metricsUrl', '1001', 'holds a number, as usernames are'],
  ['metricsUsername', GOOD.metricsUrl, 'holds a URL'],
  ['metricsUsername', TOKEN, 'holds a token'],
  [
    'logsUsername',
    { logsUsername: TOKEN, logsPassword: '1002' },
    'holds the token, and the token holds the username',
    /swap it with logs.basicAuth.password/,
  ],
  ['metricsUsername', 'me@example.org', 'is an e-mail address', /number/],
  ['metricsUsername', 'mystack', 'is no number', /instance ID/],
  ['metricsPassword', GOOD.metricsUrl, 'holds a URL'],
  ['metricsPassword', '1001', 'holds a number, as usernames are'],
  ['metricsPassword', `1001:${TOKEN}`, 'holds username and token together'],
  ['metricsPassword', base64(`1001:${TOKEN}`), 'is encoded as base64, which only traces.basicAuthToken is'],
  ['metricsPassword', `Bearer_${TOKEN}`, 'is no access policy token', /glc_/],
  ['logsPassword', `Basic:${TOKEN}`, 'begins with a word for the HTTP header', /Basic/],
  [
    'metricsPassword',
    'glsa_abcdefgh',
    'is the token of a service account, which is for Grafana itself',
    /metrics:write/,
  ],
  ['metricsPassword', 'eyJrIjoiYWJjIn0=', 'is an API key of the old kind, which Grafana Cloud has ended', /glc_/],

  // URLs.
  ['metricsUrl', 'http://prometheus-prod-01-eu-west-0.grafana.net/api/prom/push', 'is an http URL', /https/],
  ['metricsUrl', 'prometheus-prod-01-eu-west-0.grafana.net/api/prom/push', 'does not begin with https://'],
  ['metricsUrl', 'nonsense', 'is no URL', /it looks like/],
  ['metricsUrl', 'https://[prometheus', 'is no URL', /it looks like/],
  ['logsUrl', `https://1002:${TOKEN}@logs-prod-012.grafana.net/loki/api/v1/push`, 'has a username and a token inside'],
  ['metricsUrl', GOOD.logsUrl, 'is the URL for logs', /Prometheus/],
  ['logsUrl', GOOD.metricsUrl, 'is the URL for metrics', /Loki/],
  ['tracesUrl', GOOD.profilesUrl, 'is the URL for profiles', /Tempo/],
  ['profilesUrl', GOOD.tracesUrl, 'is the URL for traces', /Pyroscope/],
  [
    'tracesUrl',
    'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp',
    'is the address of the OTLP gateway, which takes no traces in this form',
  ],
  [
    'metricsUrl',
    'https://graphite-prod-01.grafana.net/metrics',
    'is the address of Graphite, which takes no metrics in this form',
  ],
  [
    'metricsUrl',
    'https://influx-prod-01.grafana.net/api/v1/push/influx/write',
    'is the address of the Influx endpoint, which takes no metrics in this form',
  ],
  [
    'logsUrl',
    'https://faro-collector-prod-eu.grafana.net/collect/1',
    'is the address of another product, which takes no logs in this form',
  ],
  ['logsUrl', 'https://mystack.grafana.net', 'is the address of Grafana itself', /Loki/],
  ['profilesUrl', 'https://grafana.com/orgs/me', 'is a page of the Cloud portal', /Pyroscope/],
  ['metricsUrl', 'https://prometheus-prod-01-eu-west-0.grafana.net', 'lacks the path /api/prom/push'],
  [
    'metricsUrl',
    'https://prometheus-prod-01-eu-west-0.grafana.net/api',
    'has only the first part of the path /api/prom/push',
  ],
  [
    'metricsUrl',
    'https://prometheus-prod-01-eu-west-0.grafana.net/api/prom',
    'is the URL for queries',
    /\/api\/prom\/push/,
  ],
  ['metricsUrl', 'https://prometheus-prod-01-eu-west-0.grafana.net/api/v1/push', 'has the path of a Mimir of your own'],
  [
    'metricsUrl',
    'https://prometheus-prod-01-eu-west-0.grafana.net/api/v1/write',
    'has the path of a Prometheus of your own',
  ],
  ['metricsUrl', `${GOOD.metricsUrl}/api/v1/write`, 'has a path that is too long'],
  ['metricsUrl', 'https://prometheus-prod-01-eu-west-0.grafana.net/elsewhere', 'has a wrong path'],
  ['metricsUrl', `${GOOD.metricsUrl}?a=b`, 'has something after its path'],
  ['logsUrl', 'https://logs-prod-012.grafana.net', 'lacks the path /loki/api/v1/push'],
  ['logsUrl', 'https://logs-prod-012.grafana.net/loki/api/v1/query_range', 'is the URL for queries'],
  ['logsUrl', 'https://logs-prod-012.grafana.net/otlp/v1/logs', 'has the path of OTLP'],
  ['logsUrl', `${GOOD.logsUrl}/`, 'has a path that is too long'],
  [
    'tracesUrl',
    'https://tempo-prod-10-prod-eu-west-2.grafana.net/tempo',
    'is the URL for queries',
    /ends after the host/,
  ],
  ['tracesUrl', 'https://tempo-prod-10-prod-eu-west-2.grafana.net/v1/traces', 'has the path of OTLP over HTTP'],
  ['tracesUrl', 'tempo-prod-10-prod-eu-west-2.grafana.net:4317', 'names port 4317', /443/],
  ['profilesUrl', 'https://profiles-prod-001.grafana.net/ingest', 'has a path, which Alloy adds itself'],

  // The token for traces.
  ['tracesBase64AuthToken', `${GOOD.tracesBase64AuthToken}\n`, 'ends with a line break'],
  ['tracesBase64AuthToken', 'MTAwMzpnbGNf\nZXlK', 'has a line break inside', /tr -d/],
  ['tracesBase64AuthToken', `Basic ${GOOD.tracesBase64AuthToken}`, 'begins with a word for the HTTP header', /Basic/],
  ['tracesBase64AuthToken', TOKEN, 'holds a token alone, and not encoded', /printf/],
  ['tracesBase64AuthToken', `1003:${TOKEN}`, 'holds username and token, but not encoded', /printf/],
  ['tracesBase64AuthToken', '1003', 'holds a number, as usernames are', /printf/],
  ['tracesBase64AuthToken', GOOD.tracesUrl, 'holds a URL'],
  ['tracesBase64AuthToken', 'not base64!', 'is no base64', /printf/],
  [
    'tracesBase64AuthToken',
    base64(`1003:${TOKEN}\n`),
    'has a line break at the end of the encoded token',
    /echo adds it/,
  ],
  ['tracesBase64AuthToken', base64('<username>:<token>'), 'has angle brackets in what is encoded', /printf/],
  [
    'tracesBase64AuthToken',
    base64(`1003:${TOKEN}12`).replace('==', ''),
    'is cut off, or has more at its end than the base64',
    /printf/,
  ],
  [
    'tracesBase64AuthToken',
    Buffer.from(`1003:${TOKEN}??>>`).toString('base64url'),
    'is base64 for URLs, with - and _, which HTTP does not take',
    /printf/,
  ],
  ['tracesBase64AuthToken', base64(`1003:${TOKEN.slice(0, 12)}`), 'is cut off, or has more at its end than the token'],
  ['tracesBase64AuthToken', base64(GOOD.tracesUrl), 'is an encoded URL', /printf/],
  ['tracesBase64AuthToken', base64(TOKEN), 'has no username in front of the encoded token', /printf/],
  ['tracesBase64AuthToken', base64(`${TOKEN}:1003`), 'has token and username in the wrong order', /printf/],
  ['tracesBase64AuthToken', base64(`mystack:${TOKEN}`), 'has a username that is no number', /instance ID/],
  ['tracesBase64AuthToken', base64('1003:'), 'has no token after the username', /printf/],
  ['tracesBase64AuthToken', base64(`1003: ${TOKEN}`), 'has a blank around the encoded token', /printf/],
  [
    'tracesBase64AuthToken',
    base64('1003:glsa_abcdefgh'),
    'is the token of a service account, which is for Grafana itself',
  ],
  [
    'tracesBase64AuthToken',
    base64('1003:eyJrIjoiYWJjIn0='),
    'is an API key of the old kind, which Grafana Cloud has ended',
  ],
  ['tracesBase64AuthToken', base64('1003:mysecret'), 'is no access policy token'],
];

/** The same mistakes in another form. */
const AGAIN: Row[] = [
  ['metricsUrl', 'https:///prometheus-prod-01-eu-west-0.grafana.net/api/prom/push', 'is no URL', /it looks like/],
  ['metricsPassword', `${TOKEN},`, 'is cut off, or has more at its end than the token', /Prometheus/],
  ['tracesBase64AuthToken', `${GOOD.tracesBase64AuthToken}=`, 'is cut off, or has more at its end than the base64'],
  ['tracesBase64AuthToken', base64(`1003:<${TOKEN}>`), 'has angle brackets in what is encoded', /printf/],
  ['metricsUrl', 'https:\\\\prometheus-prod-01-eu-west-0.grafana.net/api/prom/push', 'is no URL'],
];

test('what is right is not complained about', () => {
  assert.deepEqual(findProblems(GOOD, places), []);
  for (const tracesUrl of [
    'tempo-prod-10-prod-eu-west-2.grafana.net:443',
    'https://tempo-prod-10-prod-eu-west-2.grafana.net',
  ]) {
    assert.deepEqual(findProblems({ ...GOOD, tracesUrl }, places), []);
  }
  // Behind a private link, or in a test, it has another name.
  for (const host of ['loki-prod-006-cortex-gw.us-east-2.vpce.grafana.net', 'another.eu-west-1.vpce.grafana.net']) {
    assert.deepEqual(findProblems({ ...GOOD, logsUrl: `https://${host}/loki/api/v1/push` }, places), []);
  }
  assert.deepEqual(findProblems({ ...GOOD, metricsUrl: 'https://localhost:8443/api/prom/push' }, places), []);
});

describe('each placeholder has a message of its own', () => {
  for (const field of FIELDS) {
    test(`<${field.name}>`, () => {
      const problems = findProblems({ ...GOOD, [field.name]: `<${field.name}>` }, places);
      assert.equal(problems.length, 1);
      const [{ where, problem, hint }] = problems as [(typeof problems)[number]];
      assert.equal(where, field.name);
      assert.equal(problem, `is still the placeholder <${field.name}>`);
      assert.match(hint, /^grafana\.com → My Account → your stack → (Prometheus|Loki|Tempo|Pyroscope) → Details: /);
    });
  }
});

describe('each mistake has a message of its own', () => {
  for (const [field, value, problem, hint] of [...MISTAKES, ...AGAIN]) {
    test(`${field} ${problem}: ${JSON.stringify(value)}`, () => {
      const endpoints = { ...GOOD, ...(typeof value === 'string' ? { [field]: value } : value) };
      const problems = findProblems(endpoints, places);
      const found = problems.find(({ where }) => where === field);
      assert.equal(found?.problem, problem);
      assert.ok(found.hint.length > 10);
      if (hint) assert.match(found.hint, hint);
      if (typeof value === 'string') assert.equal(problems.length, 1);
      const said = JSON.stringify(problems);
      for (const secret of [
        TOKEN,
        TOKEN.slice(0, 9),
        'mysecret',
        'glsa_a',
        'eyJrI',
        base64(`1003:${TOKEN}`).slice(0, 12),
      ]) {
        assert.ok(!said.includes(secret), said);
      }
    });
  }

  test('and no two of them are the same', () => {
    const said = new Set(MISTAKES.map(([field, value, problem]) => `${field} ${problem} ${typeof value}`));
    // The two ways of writing no URL at all.
    assert.equal(said.size, MISTAKES.length - 1);
  });
});

test('a variable of the environment is named after its placeholder', () => {
  assert.deepEqual(
    FIELDS.map(({ variable }) => variable),
    [
      'GRAFANA_CLOUD_METRICS_URL',
      'GRAFANA_CLOUD_METRICS_USERNAME',
      'GRAFANA_CLOUD_METRICS_PASSWORD',
      'GRAFANA_CLOUD_LOGS_URL',
      'GRAFANA_CLOUD_LOGS_USERNAME',
      'GRAFANA_CLOUD_LOGS_PASSWORD',
      'GRAFANA_CLOUD_TRACES_URL',
      'GRAFANA_CLOUD_TRACES_BASE64_AUTH_TOKEN',
      'GRAFANA_CLOUD_PROFILES_URL',
      'GRAFANA_CLOUD_PROFILE_USERNAME',
      'GRAFANA_CLOUD_PROFILE_PASSWORD',
    ],
  );
});
