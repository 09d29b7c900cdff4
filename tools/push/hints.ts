import type { Hints } from '../../source/cloud-check/explain.ts';

/** What to do about an answer of any endpoint. */
export const PUSH_HINTS: Hints = {
  wrongToken: 'it wants another token, or user and password, than --header has: --header "authorization=Bearer …"',
  noScope: 'it knows who is asking, who may not write this signal',
  wrongUrl: (signal) =>
    signal === 'profiles'
      ? 'nothing takes profiles at this path: --endpoint is what is in front of /ingest, of Pyroscope or lens'
      : `nothing takes ${signal} by OTLP at this path: --endpoint is what is in front of /v1/${signal}, and without a path over gRPC`,
  limit: 'it takes no more at the moment: a limit is reached, or what is behind it is slow',
  unwell: 'it, or what is behind it, has a problem: see its log',
  rejected: 'it understands the request, and rejects it',
  clock: 'is the clock right?',
  otherHost: 'is there a typo in the host?',
  untrusted:
    'if you trust who issued it, name the file of the authority in NODE_EXTRA_CA_CERTS; http:// is without TLS',
  wrongPort: 'does this port speak the other protocol (--protocol), or no TLS (http://)?',
  typo: 'is there a typo in the host?',
  connected: 'is this machine connected, or does it need a VPN or a proxy?',
  notListening: 'nothing listens there: is it running, and the port right? gRPC is usually on 4317, HTTP on 4318',
  blocked: 'does a firewall block it?',
  closed: 'does this port speak the other protocol (--protocol)? gRPC is usually on 4317, HTTP on 4318',
};
