import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { FIELDS, type Signal } from '../../source/cloud-check/fields.ts';
import { makeCertificates, missingOpenssl } from '../support/certificates.ts';
import { startFakeCloud } from '../support/fake-cloud.ts';
import { type RealBackends, startRealBackends, type Vector } from '../support/real-backends.ts';
import { until } from '../support/until.ts';

// Part of npm run test:cloud: what `npm run cloud:check` sends is found in the real Mimir, Loki, Tempo and Pyroscope.

describe('the samples of cloud:check', { skip: await missingOpenssl() }, () => {
  const resources = new AsyncDisposableStack();
  let backends: RealBackends;
  before(async () => {
    backends = resources.use(await startRealBackends());
    const certificates = resources.use(await makeCertificates());
    const cloud = resources.use(await startFakeCloud(certificates, backends.upstreams));
    const variables = Object.fromEntries(FIELDS.map(({ name, variable }) => [variable, cloud.endpoints[name]]));
    const env = { ...variables, NODE_EXTRA_CA_CERTS: certificates.authority };
    const { stdout } = await promisify(execFile)(process.execPath, ['source/cloud-check/main.ts'], { env });
    assert.match(stdout, /All four signals arrive/);
  });
  after(() => resources.disposeAsync());

  const isOne = ({ data }: Vector) => data.result[0]?.value[1] === '1';
  const found: Record<Signal, () => Promise<boolean>> = {
    metrics: async () =>
      isOne(await backends.ask('metrics', '/prometheus/api/v1/query', { query: 'mythical_cloud_check' })),
    logs: async () => {
      const query = 'count_over_time({service_name="cloud-check"}[5m])';
      return isOne(await backends.ask('logs', '/loki/api/v1/query', { query }));
    },
    traces: async () => {
      const q = '{ resource.service.name = "cloud-check" }';
      return (await backends.ask<{ traces: unknown[] }>('traces', '/api/search', { q })).traces.length === 1;
    },
    profiles: async () => {
      const response = await fetch(`${backends.queries.profiles}/querier.v1.QuerierService/SelectMergeStacktraces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
          labelSelector: '{service_name="cloud-check"}',
          start: Date.now() - 300_000,
          end: Date.now(),
        }),
        signal: AbortSignal.timeout(5_000),
      });
      const { flamegraph } = (await response.json()) as { flamegraph?: { names: string[] } };
      return flamegraph?.names.includes('check') ?? false;
    },
  };
  for (const [signal, isFound] of Object.entries(found)) {
    test(`${signal} are found`, async (t) => {
      if (backends.queries[signal as Signal] === undefined) return t.skip(`not run: the backend for ${signal}`);
      await until(isFound);
    });
  }
});
