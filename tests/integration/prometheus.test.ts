import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { getJson } from '../../grafana/model/http.ts';
import { rulesOf } from '../e2e/alerts/rules.ts';
import { count, exemplarsLeadToTraces, testMetricQueries } from '../support/metric-queries.ts';
import { startOtelSandbox } from '../support/otel-sandbox.ts';
import { realProgram } from '../support/real-program.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

// The services, then the real collector as configured in otel/, and behind it a real Prometheus for metrics and lens for logs and
// traces. Prometheus gets the queries that dashboards and rules send to Mimir.

const [prometheus, collector] = [await realProgram('prometheus'), await realProgram('collector')];

describe('the collector, Prometheus and lens', { skip: prometheus.skip || collector.skip }, () => {
  const running = useStarted(() => startOtelSandbox({ prometheus: prometheus.path!, collector: collector.path! }));
  let url: string;
  before(() => {
    url = running.prometheus.url;
  });

  for (const { name } of Object.values(SERVICES)) {
    test(`${name}: metrics over remote write, logs, spans, profiles`, async () => {
      const up = `up{service_name="${name}", group="mythical"} == 1`;
      await until(() => count(url, up), { what: () => up });
      await until(
        async () => {
          const { services } = await running.sandbox.lens.summary();
          const its = services.find((service) => service.name === name);
          return its && its.spans > 0 && its.logs > 0 && its.profiles > 0;
        },
        { what: () => `spans, logs and profiles of ${name} in lens` },
      );
    });
  }

  for (const metric of ['mythical_request_times_bucket', 'traces_spanmetrics_latency_bucket']) {
    test(`exemplars of ${metric} lead to traces`, () => exemplarsLeadToTraces(running, metric));
  }

  test('every rule is loaded and can be evaluated', async () => {
    type Groups = { data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] } };
    const wanted = rulesOf('mimir').map((rule) => ('alert' in rule ? rule.alert : rule.record));
    const evaluated = await until(
      async () => {
        const { data } = await getJson<Groups>(`${url}/prometheus/api/v1/rules`);
        const rules = data.groups.flatMap(({ rules }) => rules);
        return rules.every(({ health }) => health !== 'unknown') && rules;
      },
      { timeoutMs: 70_000, what: () => 'all rules to be evaluated' },
    );
    assert.deepEqual(evaluated.map(({ name }) => name).toSorted(), wanted.toSorted());
    assert.deepEqual(
      evaluated.filter(({ health }) => health !== 'ok'),
      [],
    );
  });

  describe('metric queries of dashboards', () => {
    testMetricQueries(running);
  });
});
