import { status as grpcStatus } from '@grpc/grpc-js';
import type { Answer } from './send.ts';

/** An interpreted response. */
export type Verdict = {
  /** `refused` is permanent; `retryable` may be temporary, and Alloy retries. */
  outcome: 'ok' | 'refused' | 'retryable';
  answered: string;
  /** How to fix it; empty if there is nothing to do. */
  hint: string;
};

/** How to fix each problem. */
export type Hints<S extends string = string> = Record<
  | 'wrongToken'
  | 'noScope'
  | 'wrongUrl'
  | 'limit'
  | 'unwell'
  | 'rejected'
  | 'clock'
  | 'otherHost'
  | 'untrusted'
  | 'wrongPort'
  | 'typo'
  | 'connected'
  | 'notListening'
  | 'blocked'
  | 'closed',
  string | ((signal: S) => string)
>;

export function explain<S extends string>(signal: S, answer: Answer, hints: Hints<S>): Verdict {
  const { answered, outcome, hint } = meaningOf(answer);
  const text = hint === undefined ? '' : hints[hint];
  return { outcome, answered, hint: typeof text === 'string' ? text : text(signal) };
}

function meaningOf(answer: Answer): Meaning & { answered: string } {
  if (answer.kind === 'failure') {
    return (
      failureIn(answer.text) ?? { outcome: 'retryable', answered: `no response: ${answer.text}`, hint: 'connected' }
    );
  }
  // gRPC also reports connection failures as a status.
  if (answer.kind === 'grpc' && [4, 13, 14].includes(answer.code)) {
    const failure = failureIn(answer.text);
    if (failure) return failure;
  }
  const name = answer.kind === 'http' ? answer.code : (grpcStatus[answer.code] ?? `gRPC status ${answer.code}`);
  const meaning = meaningOfCode(answer.kind, answer.code, answer.text);
  const text = meaning === TAKEN || answer.text === '' ? '' : `: ${answer.text}`;
  return { ...meaning, answered: `${name}${text}` };
}

type Meaning = { outcome: Verdict['outcome']; hint?: keyof Hints };

const TAKEN: Meaning = { outcome: 'ok' };
const WRONG_TOKEN: Meaning = { outcome: 'refused', hint: 'wrongToken' };
const NO_SCOPE: Meaning = { outcome: 'refused', hint: 'noScope' };
const WRONG_URL: Meaning = { outcome: 'refused', hint: 'wrongUrl' };
const LIMIT: Meaning = { outcome: 'retryable', hint: 'limit' };
const UNWELL: Meaning = { outcome: 'retryable', hint: 'unwell' };
const REJECTED: Meaning = { outcome: 'refused', hint: 'rejected' };

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

function meaningOfCode(kind: 'http' | 'grpc', code: number, text: string): Meaning {
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

/** Connection errors of Node, OpenSSL and gRPC; the first match counts. */
const FAILURES: [pattern: RegExp, outcome: Verdict['outcome'], answered: string, hint: keyof Hints][] = [
  [/has expired|not yet valid/i, 'refused', 'the certificate is not valid today', 'clock'],
  [/altnames/, 'refused', 'the certificate is for another host', 'otherHost'],
  [/certificate|self.signed/i, 'refused', 'the certificate is not trusted', 'untrusted'],
  [/EPROTO|SSL routines/, 'refused', 'the endpoint does not speak TLS or HTTP/2', 'wrongPort'],
  [/HTTPParser|HPE_|Protocol error/, 'refused', 'the endpoint speaks another protocol', 'wrongPort'],
  [/ENOTFOUND/, 'refused', 'the host does not exist', 'typo'],
  [/EAI_AGAIN/, 'retryable', 'the DNS server does not respond', 'connected'],
  [/ECONNREFUSED/, 'retryable', 'the connection is refused', 'notListening'],
  [/EHOSTUNREACH|ENETUNREACH/, 'retryable', 'there is no route to the host', 'connected'],
  [/TIMEOUT|TIMEDOUT|Deadline/i, 'retryable', 'no response within 10 s', 'blocked'],
  [
    /ECONNRESET|UND_ERR_SOCKET|Connection dropped|RST_STREAM with code [1-9]/,
    'retryable',
    'the connection was closed',
    'closed',
  ],
];

function failureIn(text: string): (Meaning & { answered: string }) | undefined {
  const [, outcome, answered, hint] = FAILURES.find(([pattern]) => pattern.test(text)) ?? [];
  return outcome && { outcome, answered: answered!, hint: hint! };
}
