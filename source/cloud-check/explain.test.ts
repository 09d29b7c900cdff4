import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, type Verdict } from './explain.ts';
import type { Endpoints } from './fields.ts';
import { forAlloy } from './for-alloy.ts';
import { CLOUD_HINTS } from './hints.ts';
import type { Answer } from './send.ts';

type Row = [answer: Answer, outcome: Verdict['outcome'], answered: RegExp, hint: RegExp];
const http = (code: number, text = ''): Answer => ({ kind: 'http', code, text });
const grpc = (code: number, text = ''): Answer => ({ kind: 'grpc', code, text });
const failure = (text: string): Answer => ({ kind: 'failure', text });

const TOKEN = /token is wrong.*or the username belongs to another signal or stack/;
const SCOPE = /needs the scope \w+:write/;
const URL = /there is no endpoint for \w+ at this URL/;
const PROBLEM = /status\.grafana\.com/;

const ANSWERS: Row[] = [
  [http(200, 'stored'), 'ok', /^200$/, /^$/],
  [http(302), 'refused', /^302$/, URL],
  [http(400, 'too old'), 'refused', /^400: too old$/, /rejects the sample/],
  [http(401, 'no such token'), 'refused', /^401: no such token$/, TOKEN],
  [http(401, 'authentication error: invalid scope requested'), 'refused', /^401: /, SCOPE],
  [http(403), 'refused', /^403$/, SCOPE],
  [http(404), 'refused', /^404$/, URL],
  [http(405), 'refused', /^405$/, URL],
  [http(408), 'retryable', /^408$/, PROBLEM],
  [http(429), 'retryable', /^429$/, /limit/],
  [http(500), 'retryable', /^500$/, PROBLEM],
  [http(503), 'retryable', /^503$/, PROBLEM],
  [grpc(0), 'ok', /^OK$/, /^$/],
  [grpc(16, 'invalid token'), 'refused', /^UNAUTHENTICATED: invalid token$/, TOKEN],
  [grpc(16, 'invalid scope requested'), 'refused', /^UNAUTHENTICATED: /, SCOPE],
  [grpc(7), 'refused', /^PERMISSION_DENIED$/, SCOPE],
  [grpc(12), 'refused', /^UNIMPLEMENTED$/, URL],
  [grpc(13, 'Received RST_STREAM with code 0 (Call ended without gRPC status)'), 'refused', /^INTERNAL: /, URL],
  [
    grpc(13, 'Received RST_STREAM with code 2 (Internal server error)'),
    'retryable',
    /connection was closed/,
    /firewall/,
  ],
  [grpc(8), 'retryable', /^RESOURCE_EXHAUSTED$/, /limit/],
  [grpc(14), 'retryable', /^UNAVAILABLE$/, PROBLEM],
  [grpc(14, 'Connection dropped'), 'retryable', /connection was closed/, /firewall/],
  [grpc(14, 'Last error: Error: connect ECONNREFUSED 127.0.0.1:1.'), 'retryable', /connection is refused/, /port/],
  [grpc(4, 'Deadline exceeded after 10.000s'), 'retryable', /no response within 10 s/, /firewall/],
  [grpc(99, 'new'), 'refused', /^gRPC status 99: new$/, /rejects the sample/],
  [failure('EHOSTUNREACH connect EHOSTUNREACH'), 'retryable', /no route to the host/, /VPN/],
  [failure('ENOTFOUND getaddrinfo ENOTFOUND a'), 'refused', /host does not exist/, /typo/],
  [failure('EAI_AGAIN getaddrinfo EAI_AGAIN a'), 'retryable', /DNS server/, /online/],
  [failure('CERT_HAS_EXPIRED certificate has expired'), 'refused', /not valid today/, /clock/],
  [failure('DEPTH_ZERO_SELF_SIGNED_CERT self-signed certificate'), 'refused', /not trusted/, /CLOUD_CA_FILE/],
  [failure('UND_ERR_SOCKET other side closed'), 'retryable', /connection was closed/, /firewall/],
  [failure('HTTPParserError Response does not match'), 'refused', /another protocol/, /443/],
  [grpc(14, 'Last error: Protocol error.'), 'refused', /another protocol/, /443/],
  [failure('ENEW something else'), 'retryable', /^no response: ENEW something else$/, /online/],
];

for (const [answer, outcome, answered, hint] of ANSWERS) {
  test(`${Object.values(answer).join(' ')} is ${outcome}`, () => {
    const verdict = explain('traces', answer, CLOUD_HINTS);
    assert.equal(verdict.outcome, outcome);
    assert.match(verdict.answered, answered);
    assert.match(verdict.hint, hint);
  });
}

const ADDRESSES: [written: string, address: string][] = [
  ['tempo-1.grafana.net:443', 'https://tempo-1.grafana.net:443'],
  ['https://tempo-1.grafana.net:443/', 'https://tempo-1.grafana.net:443'],
  ['HTTPS://tempo-1.grafana.net:443', 'https://tempo-1.grafana.net:443'],
  ['https://tempo-1.grafana.net', 'https://tempo-1.grafana.net:443'],
];
for (const [written, address] of ADDRESSES) {
  test(`Alloy gets ${address} for ${written}`, () => {
    const { traces } = forAlloy({ tracesUrl: written } as Endpoints) as { traces: { url: string } };
    assert.equal(traces.url, address);
  });
}
