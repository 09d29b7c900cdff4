import type { Hints } from './explain.ts';
import { type Signal, whereInPortal } from './fields.ts';

const CONNECTED = 'is this machine online, or does it need a VPN or a proxy?';
const UNTRUSTED =
  'the certificate is not from Grafana Cloud, or something in between (a proxy, a virus scanner) intercepts the connection. ' +
  'If you trust it, set the file of its certificate authority: CLOUD_CA_FILE in .env for the containers, ' +
  'NODE_EXTRA_CA_CERTS for npm run cloud:check';

/** How to fix a problem with Grafana Cloud. */
export const CLOUD_HINTS: Hints<Signal> = {
  wrongToken: (signal) =>
    'the token is wrong, has expired or was deleted, or the username belongs to another signal or stack: ' +
    `take both from ${whereInPortal({ signal, kind: 'password' })}`,
  noScope: (signal) =>
    `the token may not write ${signal}: its access policy needs the scope ${signal}:write, for this stack`,
  wrongUrl: (signal) =>
    `there is no endpoint for ${signal} at this URL: compare it with ${whereInPortal({ signal, kind: 'url' })}`,
  limit: 'the stack limits the rate, or has reached a usage limit: see “Usage” in the Cloud portal',
  unwell: 'the endpoint has a problem: see status.grafana.com',
  rejected: 'the endpoint rejects the sample',
  clock: 'is the clock right?',
  otherHost: `is there a typo in the URL? Or: ${UNTRUSTED}`,
  untrusted: UNTRUSTED,
  wrongPort: 'Grafana Cloud listens on 443',
  typo: 'is there a typo in the URL?',
  connected: CONNECTED,
  notListening: 'is the port right, or does a firewall block it?',
  blocked: 'does a firewall block it?',
  closed: 'does a proxy or a firewall block it?',
};
