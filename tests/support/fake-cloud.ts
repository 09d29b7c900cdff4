import { type Endpoints, SIGNALS, type Signal } from '../../source/cloud-check/fields.ts';
import type { Certificates } from './certificates.ts';
import { type FakeBackend, startFakeBackend } from './fake-backend.ts';

/** A server that behaves like Grafana Cloud's endpoints: TLS, and a username and a token for each signal. */
export type FakeCloud = FakeBackend & {
  /** The values that a user would fill in. */
  endpoints: Endpoints;
  /** Changes the token, as if the old one had been deleted. */
  revoke(): void;
  restore(): void;
  /** From now on, the token may write only these signals. */
  allow(signals: readonly Signal[]): void;
};

export const TOKEN = 'glc_test_0123456789abcdef';
const USERNAMES: Record<Signal, string> = { metrics: '1001', logs: '1002', traces: '1003', profiles: '1004' };

const base64 = (text: string) => Buffer.from(text).toString('base64');

export async function startFakeCloud(certificates: Certificates): Promise<FakeCloud> {
  let token = TOKEN;
  let allowed: readonly Signal[] = SIGNALS;
  const backend = await startFakeBackend({
    certificates,
    authorize(signal, authorization) {
      if (authorization !== `Basic ${base64(`${USERNAMES[signal]}:${token}`)}`)
        return 'authentication error: invalid token';
      if (!allowed.includes(signal)) return 'authentication error: invalid scope requested';
    },
  });
  const host = `localhost:${backend.ports.http}`;
  return {
    ...backend,
    endpoints: {
      metricsUrl: `https://${host}/api/prom/push`,
      metricsUsername: USERNAMES.metrics,
      metricsPassword: TOKEN,
      logsUrl: `https://${host}/loki/api/v1/push`,
      logsUsername: USERNAMES.logs,
      logsPassword: TOKEN,
      tracesUrl: host,
      tracesBase64AuthToken: base64(`${USERNAMES.traces}:${TOKEN}`),
      profilesUrl: `https://${host}`,
      profileUsername: USERNAMES.profiles,
      profilePassword: TOKEN,
    },
    revoke() {
      token = 'glc_another';
    },
    restore() {
      token = TOKEN;
    },
    allow(signals) {
      allowed = signals;
    },
  };
}
