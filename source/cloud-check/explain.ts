import { PORTAL, type Signal, whereInPortal } from './fields.ts';
import type { Answer } from './send.ts';

/** An answer in words. */
export type Verdict = {
  /** `refused` will not change by waiting; `away` may, and Alloy tries again for as long. */
  outcome: 'ok' | 'refused' | 'away';
  answered: string;
  /** What to do about it; empty where there is nothing to do. */
  hint: string;
};

export function explain(signal: Signal, answer: Answer): Verdict {
  if (answer.kind === 'failure') return explainFailure(answer.code);
  if (answer.kind === 'grpc') return explainGrpc(signal, answer.code, answer.message);
  return explainHttp(signal, answer.status, answer.body);
}

/**
 * Grafana Cloud answers 401 in both cases: when it does not know the token, and when that may not do this
 * (`authentication error: invalid scope requested`).
 */
const lacksScope = (message: string) => /invalid scope/i.test(message);

const hintFor = {
  unauthorized: (signal: Signal) =>
    'the token is wrong, has expired or was deleted, or the username is that of another signal or stack: ' +
    `take both from ${whereInPortal({ signal, kind: 'password' })}`,
  forbidden: (signal: Signal) =>
    `the token may not write ${signal}: its access policy needs the scope ${PORTAL[signal].scope}, for this stack`,
  notFound: (signal: Signal) =>
    `nothing takes ${signal} at this URL: compare it with ${whereInPortal({ signal, kind: 'url' })}`,
  tooMany: 'the stack takes no more at the moment, or its limit is reached: see “Usage” in the Cloud portal',
  unwell: 'the endpoint is unwell: see status.grafana.com',
};

function explainHttp(signal: Signal, status: number, body: string): Verdict {
  const answered = `${status}${body === '' ? '' : `: ${body}`}`;
  const verdict = (outcome: Verdict['outcome'], hint: string): Verdict => ({ outcome, answered, hint });
  if (status >= 200 && status < 300) {
    return signal === 'traces'
      ? verdict('refused', 'this is no endpoint for traces: it does not speak gRPC')
      : { outcome: 'ok', answered: String(status), hint: '' };
  }
  if (status >= 300 && status < 400) return verdict('refused', `it sends us elsewhere: ${hintFor.notFound(signal)}`);
  if (status === 403 || (status === 401 && lacksScope(body))) return verdict('refused', hintFor.forbidden(signal));
  if (status === 401) return verdict('refused', hintFor.unauthorized(signal));
  if (status === 404 || status === 405) return verdict('refused', hintFor.notFound(signal));
  if (status === 429) return verdict('away', hintFor.tooMany);
  if (status === 408 || status >= 500) return verdict('away', hintFor.unwell);
  return verdict('refused', 'the endpoint understands the request, and does not take it');
}

/** https://grpc.io/docs/guides/status-codes/ */
const GRPC = {
  0: 'OK',
  4: 'DEADLINE_EXCEEDED',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  12: 'UNIMPLEMENTED',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
} as const;

function explainGrpc(signal: Signal, code: number, message: string): Verdict {
  const name = GRPC[code as keyof typeof GRPC];
  const answered = `${name ?? `gRPC status ${code}`}${message === '' ? '' : `: ${message}`}`;
  const verdict = (outcome: Verdict['outcome'], hint: string): Verdict => ({ outcome, answered, hint });
  switch (name) {
    case 'OK':
      return verdict('ok', '');
    case 'UNAUTHENTICATED':
      return verdict('refused', lacksScope(message) ? hintFor.forbidden(signal) : hintFor.unauthorized(signal));
    case 'PERMISSION_DENIED':
      return verdict('refused', hintFor.forbidden(signal));
    case 'UNIMPLEMENTED':
      return verdict('refused', hintFor.notFound(signal));
    case 'RESOURCE_EXHAUSTED':
      return verdict('away', hintFor.tooMany);
    case 'UNAVAILABLE':
    case 'DEADLINE_EXCEEDED':
      return verdict('away', hintFor.unwell);
    default:
      return verdict('refused', 'the endpoint understands the request, and does not take it');
  }
}

const untrusted =
  'its certificate is not of Grafana Cloud, or something on the way (a proxy, a virus scanner) opens the connection. ' +
  'If you trust that, give the file of its certificate authority: CLOUD_CA_FILE in .env for the containers, ' +
  'NODE_EXTRA_CA_CERTS for npm run cloud:check';

const FAILURES: Record<string, { outcome: Verdict['outcome']; answered: string; hint: string }> = {
  ENOTFOUND: {
    outcome: 'refused',
    answered: 'the name of the host does not exist',
    hint: 'is there a slip in the URL? Or does this machine resolve no names?',
  },
  EAI_AGAIN: { outcome: 'away', answered: 'no name server answers', hint: 'is this machine connected?' },
  NO_WAY: {
    outcome: 'away',
    answered: 'there is no way to the host',
    hint: 'is this machine connected, or does it need a VPN or a proxy?',
  },
  ECONNREFUSED: {
    outcome: 'away',
    answered: 'the connection is refused',
    hint: 'nothing listens there, or a firewall forbids it: is the port right?',
  },
  ETIMEDOUT: { outcome: 'away', answered: 'no answer within 10 s', hint: 'does a firewall forbid it?' },
  ECONNRESET: { outcome: 'away', answered: 'the connection was cut', hint: 'does a proxy or a firewall forbid it?' },
  CERT_HAS_EXPIRED: { outcome: 'refused', answered: 'the certificate has expired', hint: 'is the clock right?' },
  CERT_NOT_YET_VALID: { outcome: 'refused', answered: 'the certificate is not valid yet', hint: 'is the clock right?' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    outcome: 'refused',
    answered: 'the certificate is that of another host',
    hint: `is there a slip in the URL? Or: ${untrusted}`,
  },
  NO_TLS: {
    outcome: 'refused',
    answered: 'the endpoint does not speak TLS',
    hint: 'is the port right? Grafana Cloud listens on 443',
  },
  NO_HTTP2: {
    outcome: 'refused',
    answered: 'the endpoint does not speak HTTP/2',
    hint: 'gRPC needs it: does a proxy stand in between?',
  },
};

/** OpenSSL has many words for the same thing. */
function sameAs(code: string): string {
  if (/SELF_SIGNED|UNABLE_TO|CERT_UNTRUSTED|CERT_SIGNATURE|INVALID_CA/.test(code)) return 'UNTRUSTED';
  if (/^(EPROTO|ERR_SSL_)/.test(code))
    return code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' ? 'NO_HTTP2' : 'NO_TLS';
  if (/TIMEOUT/.test(code)) return 'ETIMEDOUT';
  // What is no HTTP/2 at all. The others are of a stream or a session that the endpoint ended, as it may when it restarts.
  if (code === 'ERR_HTTP2_ERROR') return 'NO_HTTP2';
  if (/^ERR_HTTP2_/.test(code)) return 'ECONNRESET';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'NO_WAY';
  if (code === 'UND_ERR_SOCKET') return 'ECONNRESET';
  return code;
}

function explainFailure(code: string): Verdict {
  const same = sameAs(code);
  if (same === 'UNTRUSTED') {
    return { outcome: 'refused', answered: `the certificate is not trusted (${code})`, hint: untrusted };
  }
  return FAILURES[same] ?? { outcome: 'away', answered: `no answer (${code})`, hint: 'is this machine connected?' };
}
