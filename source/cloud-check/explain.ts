import { status as grpcStatus } from '@grpc/grpc-js';
import type { Answer } from './send.ts';

/** An answer in words. */
export type Verdict = {
  /** `refused` will not change by waiting; `away` may, and Alloy tries again for as long. */
  outcome: 'ok' | 'refused' | 'away';
  answered: string;
  /** What to do about it; empty if there is nothing to do. */
  hint: string;
};

/** What to do about it, in the words of who asks. A text, or one for the signal. */
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
    return failureIn(answer.text) ?? { outcome: 'away', answered: `no answer: ${answer.text}`, hint: 'connected' };
  }
  // gRPC has a status for failures as well.
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
const LIMIT: Meaning = { outcome: 'away', hint: 'limit' };
const UNWELL: Meaning = { outcome: 'away', hint: 'unwell' };
const REJECTED: Meaning = { outcome: 'refused', hint: 'rejected' };

/** https://grpc.io/docs/guides/status-codes/ */
const OF_GRPC: Record<number, Meaning> = {
  [grpcStatus.OK]: TAKEN,
  [grpcStatus.UNAUTHENTICATED]: WRONG_TOKEN,
  [grpcStatus.PERMISSION_DENIED]: NO_SCOPE,
  [grpcStatus.UNIMPLEMENTED]: WRONG_URL,
  // This is what becomes of an answer that is not gRPC.
  [grpcStatus.INTERNAL]: WRONG_URL,
  [grpcStatus.RESOURCE_EXHAUSTED]: LIMIT,
  [grpcStatus.UNAVAILABLE]: UNWELL,
};

function meaningOfCode(kind: 'http' | 'grpc', code: number, text: string): Meaning {
  const meaning = kind === 'grpc' ? (OF_GRPC[code] ?? REJECTED) : meaningOfHttp(code);
  // Grafana Cloud answers 401 for both: a token that it does not know, and one that may not do this.
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

/** What Node, OpenSSL and gRPC say when there is no answer: the first row that fits. */
const FAILURES: [said: RegExp, outcome: Verdict['outcome'], answered: string, hint: keyof Hints][] = [
  [/has expired|not yet valid/i, 'refused', 'the certificate is not valid today', 'clock'],
  [/altnames/, 'refused', 'the certificate is for another host', 'otherHost'],
  [/certificate|self.signed/i, 'refused', 'the certificate is not trusted', 'untrusted'],
  [/EPROTO|SSL routines/, 'refused', 'the endpoint does not speak TLS, or not HTTP/2', 'wrongPort'],
  [/HTTPParser|HPE_|Protocol error/, 'refused', 'the endpoint speaks another protocol', 'wrongPort'],
  [/ENOTFOUND/, 'refused', 'the host does not exist', 'typo'],
  [/EAI_AGAIN/, 'away', 'no name server answers', 'connected'],
  [/ECONNREFUSED/, 'away', 'the connection is refused', 'notListening'],
  [/EHOSTUNREACH|ENETUNREACH/, 'away', 'there is no route to the host', 'connected'],
  [/TIMEOUT|TIMEDOUT|Deadline/i, 'away', 'no answer within 10 s', 'blocked'],
  [
    /ECONNRESET|UND_ERR_SOCKET|Connection dropped|RST_STREAM with code [1-9]/,
    'away',
    'the connection was closed',
    'closed',
  ],
];

function failureIn(text: string): (Meaning & { answered: string }) | undefined {
  const [, outcome, answered, hint] = FAILURES.find(([said]) => said.test(text)) ?? [];
  return outcome && { outcome, answered: answered!, hint: hint! };
}
