import assert from 'node:assert/strict';
import { test } from 'node:test';
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

const NO_URL = /^is not a URL that begins with https:\/\/$/;
const NO_TOKEN = /^is not an access policy token \(glc_…\), or only part of one$/;
const NO_BASE64 = /^is not <username>:<token> in base64$/;
const SERVICE_ACCOUNT = /^is the token of a service account/;

const MISTAKES: [field: FieldName, value: string, problem: RegExp][] = [
  ['logsUrl', '', /^is empty$/],
  ['logsUrl', '<metricsUrl>', /^is still a placeholder, <metricsUrl>$/],
  ['profilePassword', '<profilesPassword>', /^is still a placeholder/],

  ['metricsUrl', GOOD.metricsUrl.replace('https', 'http'), /^is an http URL/],
  ['metricsUrl', GOOD.metricsUrl.replace('https://', ''), NO_URL],
  ['metricsUrl', GOOD.metricsUrl.replace('//', '///'), NO_URL],
  ['metricsUrl', 'https://[prometheus', NO_URL],
  ['metricsUrl', TOKEN, NO_URL],
  ['tracesUrl', TOKEN, NO_URL],
  ['metricsUrl', '1001', NO_URL],
  ['logsUrl', GOOD.logsUrl.replace('//', `//1002:${TOKEN}@`), /^contains a username and a token/],
  ['metricsUrl', GOOD.logsUrl, /^is the URL for logs$/],
  ['tracesUrl', GOOD.profilesUrl, /^is the URL for profiles$/],
  [
    'tracesUrl',
    'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp',
    /^is the URL of another product, not of Tempo$/,
  ],
  ['logsUrl', 'https://mystack.grafana.net', /^is the URL of another product, not of Loki$/],
  ['profilesUrl', 'https://grafana.com/orgs/me', /^is the URL of another product, not of Pyroscope$/],
  ['metricsUrl', GOOD.metricsUrl.replace('/push', ''), /^has the wrong path: it must end with \/api\/prom\/push$/],
  ['metricsUrl', `${GOOD.metricsUrl}?a=b`, /^has the wrong path/],
  ['logsUrl', 'https://logs-prod-012.grafana.net', /^has the wrong path: it must end with \/loki\/api\/v1\/push$/],
  [
    'tracesUrl',
    'https://tempo-prod-10-prod-eu-west-2.grafana.net/v1/traces',
    /^has a path: it must end after the host$/,
  ],
  ['tracesUrl', 'tempo-prod-10-prod-eu-west-2.grafana.net:4317', /^names port 4317/],

  ['metricsUsername', 'me@example.org', /^is not a number$/],
  ['metricsUsername', TOKEN, /^is not a number$/],

  ['metricsPassword', GOOD.metricsUrl, NO_TOKEN],
  ['metricsPassword', '1001', NO_TOKEN],
  ['metricsPassword', `1001:${TOKEN}`, NO_TOKEN],
  ['metricsPassword', `<${TOKEN}>`, NO_TOKEN],
  ['metricsPassword', 'eyJrIjoiYWJjIn0=', NO_TOKEN],
  ['metricsPassword', base64(`1001:${TOKEN}`), NO_TOKEN],
  ['profilePassword', TOKEN.slice(0, 12), NO_TOKEN],
  ['metricsPassword', 'glsa_abcdefgh', SERVICE_ACCOUNT],

  ['tracesBase64AuthToken', TOKEN, NO_BASE64],
  ['tracesBase64AuthToken', `1003:${TOKEN}`, NO_BASE64],
  ['tracesBase64AuthToken', `Basic${GOOD.tracesBase64AuthToken}`, NO_BASE64],
  ['tracesBase64AuthToken', GOOD.tracesUrl, NO_BASE64],
  ['tracesBase64AuthToken', base64(TOKEN), NO_BASE64],
  ['tracesBase64AuthToken', base64(`mystack:${TOKEN}`), NO_BASE64],
  ['tracesBase64AuthToken', base64(`${TOKEN}:1003`), NO_BASE64],
  ['tracesBase64AuthToken', base64('1003:'), NO_BASE64],
  ['tracesBase64AuthToken', Buffer.from(`1003:${TOKEN}??>>`).toString('base64url'), NO_BASE64],
  ['tracesBase64AuthToken', base64(`1003:${TOKEN.slice(0, 12)}`), NO_TOKEN],
  ['tracesBase64AuthToken', base64('1003:glsa_abcdefgh'), SERVICE_ACCOUNT],
];

const SECRETS = [TOKEN.slice(0, 9), 'glsa_a', 'eyJrI', GOOD.tracesBase64AuthToken.slice(0, 12)];

for (const [field, value, problem] of MISTAKES) {
  test(`${field} ${problem.source}: ${JSON.stringify(value)}`, () => {
    const problems = findProblems({ ...GOOD, [field]: value }, places);
    assert.deepEqual(
      problems.map(({ where }) => where),
      [field],
    );
    assert.match(problems[0]!.problem, problem);
    for (const secret of SECRETS) assert.ok(!JSON.stringify(problems).includes(secret));
  });
}

test('reports each placeholder with its page in the portal', () => {
  const placeholders = Object.fromEntries(FIELDS.map(({ name }) => [name, `<${name}>`])) as Endpoints;
  const problems = findProblems(placeholders, places);
  assert.deepEqual(
    problems.map(({ where, problem }) => `${where} ${problem}`),
    FIELDS.map(({ name }) => `${name} is still a placeholder, <${name}>`),
  );
  for (const { hint } of problems) {
    assert.match(hint, /^grafana\.com → My Account → your stack → (Prometheus|Loki|Tempo|Pyroscope) → Details: /);
  }
});

const CORRECT: [field: FieldName, value: string][] = [
  ['tracesUrl', 'tempo-prod-10-prod-eu-west-2.grafana.net:443'],
  ['tracesUrl', 'https://tempo-prod-10-prod-eu-west-2.grafana.net'],
  // With a private link.
  ['logsUrl', 'https://loki-prod-006-cortex-gw.us-east-2.vpce.grafana.net/loki/api/v1/push'],
  ['logsUrl', 'https://another.eu-west-1.vpce.grafana.net/loki/api/v1/push'],
  ['metricsUrl', 'https://localhost:8443/api/prom/push'],
];

test('accepts correct values', () => {
  assert.deepEqual(findProblems(GOOD, places), []);
  for (const [field, value] of CORRECT) assert.deepEqual(findProblems({ ...GOOD, [field]: value }, places), [], value);
});
