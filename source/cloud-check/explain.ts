import { status as grpcStatus } from '@grpc/grpc-js';
import { type Signal, whereInPortal } from './fields.ts';
import type { Answer } from './send.ts';

/** An interpreted response. */
export type Verdict = {
  /** `refused` is permanent; `away` may be temporary, and Alloy retries. */
  outcome: 'ok' | 'refused' | 'away';
  answered: string;
  /** How to fix it; empty if there is nothing to do. */
  hint: string;
};

export function explain(signal: Signal, answer: Answer): Verdict {
  if (answer.kind === 'failure') {
    return failureIn(answer.text) ?? { outcome: 'away', answered: `no response: ${answer.text}`, hint: CONNECTED };
  }
  // gRPC also reports connection failures as a status.
  if (answer.kind === 'grpc' && [4, 13, 14].includes(answer.code)) {
    const failure = failureIn(answer.text);
    if (failure) return failure;
  }
  const name = answer.kind === 'http' ? answer.code : (grpcStatus[answer.code] ?? `gRPC status ${answer.code}`);
  const { outcome, hint } = meaningOf(answer.kind, answer.code, answer.text);
  const text = outcome === 'ok' || answer.text === '' ? '' : `: ${answer.text}`;
  return { outcome, answered: `${name}${text}`, hint: hint(signal) };
}

type Meaning = { outcome: Verdict['outcome']; hint: (signal: Signal) => string };

const TAKEN: Meaning = { outcome: 'ok', hint: () => '' };
const WRONG_TOKEN: Meaning = {
  outcome: 'refused',
  hint: (signal) =>
    'the token is wrong, has expired or was deleted, or the username is that of another signal or stack: ' +
    `take both from ${whereInPortal({ signal, kind: 'password' })}`,
};
const NO_SCOPE: Meaning = {
  outcome: 'refused',
  hint: (signal) =>
    `the token may not write ${signal}: its access policy needs the scope ${signal}:write, for this stack`,
};
const WRONG_URL: Meaning = {
  outcome: 'refused',
  hint: (signal) =>
    `there is no endpoint for ${signal} at this URL: compare it with ${whereInPortal({ signal, kind: 'url' })}`,
};
const LIMIT: Meaning = {
  outcome: 'away',
  hint: () => 'the stack limits the rate, or has reached a usage limit: see “Usage” in the Cloud portal',
};
const UNWELL: Meaning = { outcome: 'away', hint: () => 'the endpoint has a problem: see status.grafana.com' };
const REJECTED: Meaning = { outcome: 'refused', hint: () => 'the endpoint rejects the sample' };

/** https://grpc.io/docs/guides/status-codes/ */
const OF_GRPC: Record<number, Meaning> = {
  [grpcStatus.OK]: TAKEN,
  [grpcStatus.UNAUTHENTICATED]: WRONG_TOKEN,
  [grpcStatus.PERMISSION_DENIED]: NO_SCOPE,
  [grpcStatus.UNIMPLEMENTED]: WRONG_URL,
  // grpc-js's status for responses that aren't gRPC.
  [grpcStatus.INTERNAL]: WRONG_URL,
  [grpcStatus.RESOURCE_EXHAUSTED]: LIMIT,
  [grpcStatus.UNAVAILABLE]: UNWELL,
};

function meaningOf(kind: 'http' | 'grpc', code: number, text: string): Meaning {
  const meaning = kind === 'grpc' ? (OF_GRPC[code] ?? REJECTED) : meaningOfHttp(code);
  // Grafana Cloud answers 401 both to unknown tokens and to missing scopes.
  return meaning === WRONG_TOKEN && /invalid scope/i.test(text) ? NO_SCOPE : meaning;
}

function meaningOfHttp(status: number): Meaning {
  if (status < 300) return TAKEN;
  if (status < 400 || status === 404 || status === 405) return WRONG_URL;
  if (status === 401) return WRONG_TOKEN;
  if (status === 403) return NO_SCOPE;
  if (status === 429) return LIMIT;
  return status === 408 || status >= 500 ? UNWELL : REJECTED;
}

const CONNECTED = 'is this machine connected, or does it need a VPN or a proxy?';
const UNTRUSTED =
  'the certificate is not from Grafana Cloud, or something in between (a proxy, a virus scanner) intercepts the connection. ' +
  'If you trust it, set the file of its certificate authority: CLOUD_CA_FILE in .env for the containers, ' +
  'NODE_EXTRA_CA_CERTS for npm run cloud:check';

/** Connection errors of Node, OpenSSL and gRPC; the first match counts. */
const FAILURES: [said: RegExp, outcome: Verdict['outcome'], answered: string, hint: string][] = [
  [/has expired|not yet valid/i, 'refused', 'the certificate is not valid today', 'is the clock right?'],
  [/altnames/, 'refused', 'the certificate is for another host', `is there a typo in the URL? Or: ${UNTRUSTED}`],
  [/certificate|self.signed/i, 'refused', 'the certificate is not trusted', UNTRUSTED],
  [/EPROTO|SSL routines/, 'refused', 'the endpoint does not speak TLS or HTTP/2', 'Grafana Cloud listens on 443'],
  [/ENOTFOUND/, 'refused', 'the host does not exist', 'is there a typo in the URL?'],
  [/EAI_AGAIN/, 'away', 'no name server answers', CONNECTED],
  [/ECONNREFUSED/, 'away', 'the connection is refused', 'is the port right, or does a firewall block it?'],
  [/EHOSTUNREACH|ENETUNREACH/, 'away', 'there is no route to the host', CONNECTED],
  [/TIMEOUT|TIMEDOUT|Deadline/i, 'away', 'no response within 10 s', 'does a firewall block it?'],
  [
    /ECONNRESET|UND_ERR_SOCKET|Connection dropped|RST_STREAM with code [1-9]/,
    'away',
    'the connection was closed',
    'does a proxy or a firewall block it?',
  ],
];

function failureIn(text: string): Verdict | undefined {
  const [, outcome, answered, hint] = FAILURES.find(([said]) => said.test(text)) ?? [];
  return outcome && { outcome, answered: answered!, hint: hint! };
}
