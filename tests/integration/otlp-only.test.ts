import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { getJson } from '../../grafana/model/http.ts';
import { parseMetrics } from '../../source/lens/receive/prometheus-text.ts';
import { count, exemplarsLeadToTraces, testMetricQueries } from '../support/metric-queries.ts';
import { startOtelSandbox } from '../support/otel-sandbox.ts';
import { push } from '../support/push.ts';
import { realProgram } from '../support/real-program.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

// OTEL_METRICS_EXPORTER=otlp: services push metrics through the real collector into a real Prometheus. They have the same names
// and labels as scraped metrics, so dashboards work unchanged.

/** Exists only while a file or a host name is being looked up, so it may be in one export and not in the next. */
const MOMENTARY = 'nodejs_active_requests';

const [prometheus, collector] = [await realProgram('prometheus'), await realProgram('collector')];

describe('metrics only over OTLP', { skip: prometheus.skip || collector.skip }, () => {
  const programs = { prometheus: prometheus.path!, collector: collector.path! };
  const running = useStarted(() => startOtelSandbox(programs, { OTEL_METRICS_EXPORTER: 'otlp' }));
  let url: string;
  before(() => {
    url = running.prometheus.url;
  });

  test('scrapes provide only the series up and scrape_*', async () => {
    for (const { name } of Object.values(SERVICES)) {
      const labels = `job="${name}", service_name="${name}", group="mythical"`;
      for (const series of [`up{${labels}} == 1`, `process_cpu_seconds_total{${labels}}`]) {
        await until(() => count(url, series), { what: () => series });
      }
      assert.equal(await count(url, `{${labels}, instance=~".*:[0-9]+", __name__!~"up|scrape_.*|ALERTS.*"}`), 0);
    }
  });

  test('names and labels are the same as with scraping', async () => {
    const server = await running.sandbox.start('server', {
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: running.otlp.grpc,
      OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=contract',
    });
    for (const beast of ['unicorn', 'owlbear', 'dragon']) await fetch(`${server.url}/${beast}`);
    const target = { job: 'mythical-server', service_name: 'mythical-server', group: 'mythical', instance: 'contract' };
    // For other labels only the name, because values change all the time, such as the type of an open handle.
    const seriesOf = (name: string, { __name__, le, ...labels }: Record<string, string>) => {
      const known = Object.entries(labels).map(([label, value]) => (label in target ? `${label}=${value}` : label));
      // The bound may be 10 or 10.0.
      return [name, ...known.toSorted(), ...(le ? [`le=${Number(le.replace('+Inf', 'Infinity'))}`] : [])].join(' ');
    };
    const text = await until(async () => {
      const response = await fetch(`${server.url}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
      const text = await response.text();
      // Appears last.
      return text.includes('otel_sdk_processor_span_processed_total') && text;
    });
    const scraped = parseMetrics(text, 'openmetrics')
      .filter(({ name }) => name !== MOMENTARY)
      .map(({ name, labels }) => seriesOf(name, { ...labels, ...target }));
    const expected = [...new Set(scraped)].toSorted();
    assert.ok(expected.length > 60, String(expected.length));
    await server.stop();
    await until(
      async () => {
        const query = { 'match[]': `{instance="contract", __name__!~"target_info|traces_.*|${MOMENTARY}"}` };
        const { data } = await getJson<{ data: Record<string, string>[] }>(`${url}/prometheus/api/v1/series`, query);
        const stored = new Set(data.map((labels) => seriesOf(labels.__name__!, labels)));
        assert.deepEqual([...stored].toSorted(), expected);
        return true;
      },
      { what: () => `${expected.length} series` },
    );
  });

  test('exemplars refer to stored traces', () => exemplarsLeadToTraces(running, 'mythical_request_times_bucket'));

  for (const kind of ['log', 'gauge', 'counter', 'histogram', 'trace']) {
    for (const protocol of ['grpc', 'http/protobuf'] as const) {
      test(`npm run push -- ${kind} over ${protocol} is found behind the collector`, async () => {
        const isMetric = !['log', 'trace'].includes(kind);
        const backend = isMetric ? `${url}/prometheus` : running.sandbox.lens.url;
        const endpoint = running.otlp[protocol === 'grpc' ? 'grpc' : 'http'];
        const where = ['--endpoint', endpoint, '--protocol', protocol, '--backend', backend];
        const { ok, output } = await push(kind, ...where);
        assert.ok(ok, output);
        assert.match(output, isMetric ? /found: in the backend at/ : /found: in lens at/);
      });
    }
  }

  describe('metric queries of dashboards', () => {
    testMetricQueries(running);
  });
});
