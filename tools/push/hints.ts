import type { Hints } from '../../source/cloud-check/explain.ts';

const OTHER_PROTOCOL =
  'does this port expect the other protocol (--protocol)? gRPC is usually on 4317, HTTP on 4318. Or is https:// wrong, or missing?';

/** How to fix problems with an endpoint. */
export const PUSH_HINTS: Hints = {
  wrongToken: 'the credentials are missing or wrong: --header "authorization=Bearer …"',
  noScope: (signal) => `the credentials are valid, but may not write ${signal}`,
  wrongUrl: (signal) =>
    signal === 'profiles'
      ? 'the path is wrong: --endpoint is the part before /ingest, of Pyroscope or lens'
      : `the path is wrong: --endpoint is the part before /v1/${signal}, and has no path over gRPC. Or the endpoint doesn't accept ${signal}`,
  limit: 'the endpoint limits the rate, or a quota is used up',
  unwell: 'the endpoint, or a backend behind it, has a problem: see its log',
  rejected: 'the endpoint rejects the item',
  clock: 'is the clock right?',
  otherHost: 'is there a typo in the host?',
  untrusted: 'if you trust the certificate, set the file of its authority: NODE_EXTRA_CA_CERTS',
  wrongPort: OTHER_PROTOCOL,
  typo: 'is there a typo in the host?',
  connected: 'is this machine online, or does it need a VPN or a proxy?',
  notListening: 'is the receiver running, and the port right? gRPC is usually on 4317, HTTP on 4318',
  blocked: 'does a firewall block it?',
  closed: OTHER_PROTOCOL,
};
