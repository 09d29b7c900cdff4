import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { getJson } from '../../grafana/model/http.ts';
import { findBackend } from '../../tools/push/backends.ts';
import type { Item } from '../../tools/push/items.ts';
import { type AlloyStack, startAlloyStack } from '../support/alloy-stack.ts';
import { count, exemplarTraces, testMetricQueries } from '../support/metric-queries.ts';
import { push } from '../support/push.ts';
import { realProgram } from '../support/real-program.ts';
import { until } from '../support/until.ts';

// OTEL_METRICS_EXPORTER=otlp: services push everything over OTLP through the real Alloy with config.alloy, into a real Mimir, Loki,
// Tempo and Pyroscope.

const programs = {
  alloy: await realProgram('alloy'),
  mimir: await realProgram('mimir'),
  loki: await realProgram('loki'),
  tempo: await realProgram('tempo'),
  pyroscope: await realProgram('pyroscope'),
};
const skip = Object.values(programs).find(({ skip }) => skip)?.skip ?? false;

/** Where each item of `npm run push` arrives. */
const KINDS = {
  log: 'loki',
  gauge: 'mimir',
  counter: 'mimir',
  histogram: 'mimir',
  trace: 'tempo',
  profile: 'pyroscope',
} as const;

describe('metrics only over OTLP, through Alloy', { skip }, () => {
  let stack: AlloyStack;
  before(async () => {
    const { alloy, mimir, loki, tempo, pyroscope } = programs;
    stack = await startAlloyStack(
      {
        alloy: alloy.path!,
        mimir: mimir.path!,
        loki: loki.path!,
        tempo: tempo.path!,
        pyroscope: pyroscope.path!,
      },
      { OTEL_METRICS_EXPORTER: 'otlp' },
    );
  });
  after(() => stack?.[Symbol.asyncDispose]());

  test('scrapes provide only the series up and scrape_*', async () => {
    for (const { name } of Object.values(SERVICES)) {
      const labels = `job="${name}", service_name="${name}", group="mythical"`;
      for (const series of [`up{${labels}} == 1`, `process_cpu_seconds_total{${labels}}`]) {
        await until(() => count(stack.urls.mimir, series), { timeoutMs: 30_000, what: () => series });
      }
      const scraped = `{${labels}, instance=~".*:[0-9]+", __name__!~"up|scrape_.*|ALERTS.*"}`;
      assert.equal(await count(stack.urls.mimir, scraped), 0);
    }
  });

  test('exemplars refer to traces in Tempo', async () => {
    const ids = await until(
      async () => {
        const ids = await exemplarTraces(stack.urls.mimir, 'mythical_request_times_bucket');
        return ids.length > 0 && ids;
      },
      { timeoutMs: 30_000, what: () => 'exemplars' },
    );
    const tempo = await findBackend('traces', stack.urls.tempo, '127.0.0.1', {});
    for (const id of ids.slice(0, 20)) await until(() => tempo.has({ id } as Item), { what: () => id });
  });

  test('logs have the labels of pushed lines, and those of Loki’s rules arrive in Mimir', async () => {
    for (const { name } of Object.values(SERVICES)) {
      const labels = `service_name="${name}", job="${name}", namespace="production", level="info", source="otlp"`;
      const query = `{${labels}} | traceID =~ "[0-9a-f]{32}" | logfmt | msg != ""`;
      await until(
        async () => {
          type Answer = { data: { result: unknown[] } };
          const { data } = await getJson<Answer>(`${stack.urls.loki}/loki/api/v1/query_range`, { query });
          return data.result.length > 0;
        },
        { timeoutMs: 30_000, what: () => query },
      );
    }
    const metric = 'mythical:log_errors:rate1m{service_name="mythical-server"}';
    await until(() => count(stack.urls.mimir, metric), { what: () => metric });
  });

  for (const [kind, backend] of Object.entries(KINDS)) {
    for (const protocol of ['grpc', 'http/protobuf'] as const) {
      if (kind === 'profile' && protocol === 'grpc') continue;
      test(`npm run push -- ${kind} over ${protocol} is found in ${backend}`, async () => {
        const { otlpGrpc, otlpHttp, pyroscope } = stack.alloy.ports;
        const port = kind === 'profile' ? pyroscope : protocol === 'grpc' ? otlpGrpc : otlpHttp;
        const url = stack.urls[backend] + (backend === 'mimir' ? '/prometheus' : '');
        const where = ['--endpoint', `http://127.0.0.1:${port}`, '--protocol', protocol, '--backend', url];
        const { ok, output } = await push(kind, ...where);
        assert.ok(ok, output);
        assert.match(output, /found: in the backend at/);
      });
    }
  }

  describe('metric queries of dashboards', () => {
    testMetricQueries({
      get prometheus() {
        return { url: stack.urls.mimir };
      },
    });
  });
});
