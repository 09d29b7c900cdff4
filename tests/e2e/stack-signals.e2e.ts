import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getJson } from '../../grafana/model/http.ts';
import { found } from '../support/until.ts';
import { ADDRESSES, NAMESPACE, needs, WITHOUT } from './stack/addresses.ts';
import { seriesOf, services, waitForStack } from './stack/contract.ts';
import * as loki from './stack/loki.ts';
import * as mimir from './stack/mimir.ts';
import * as pyroscope from './stack/pyroscope.ts';
import * as tempo from './stack/tempo.ts';

waitForStack();

describe('each signal of each service', () => {
  for (const service of services) {
    test(`${service}: metrics in Mimir`, async () => {
      await found('its series', () => seriesOf(`{service_name="${service}", group="mythical"}`));
      // One value, or in a cluster one per replica.
      const up = (await mimir.query(`up{service_name="${service}", group="mythical"}`)).map(({ value }) => value);
      assert.deepEqual(WITHOUT.has('node') ? [...new Set(up)] : up, [1]);
    });
    test(`${service}: logs in Loki`, async () => {
      const [line] = await found('its lines', async () => {
        const lines = await loki.lines(`{service_name="${service}", namespace="${NAMESPACE}"}`);
        return lines;
      });
      assert.ok(line?.labels.level);
      assert.equal(line.labels.job, service);
    });
    test(`${service}: traces in Tempo`, needs('tempo'), async () => {
      await found('its spans', async () => (await tempo.search(`{ resource.service.name = "${service}" }`)).length);
    });
    for (const [type, id] of [
      ['CPU', 'wall:cpu:nanoseconds:wall:nanoseconds'],
      ['wall-clock', 'wall:wall:nanoseconds:wall:nanoseconds'],
      ['heap', 'memory:inuse_space:bytes:inuse_space:bytes'],
    ] as const) {
      test(`${service}: ${type} profiles in Pyroscope`, needs('pyroscope'), async () => {
        await found(
          `frames of ${id}; there is ${(await pyroscope.profileTypes()).join(', ')}`,
          async () => (await pyroscope.functions(id, `{service_name="${service}"}`)).length > 3,
        );
      });
    }
  }
});

describe('traces', needs('tempo'), () => {
  test('one action is one trace: requester, server, Postgres, queue, recorder', async (t) => {
    // Services that have just been started have no profile of their first seconds, and none yet of the last ones.
    const ids = await tempo.search(
      '{ resource.service.name = "mythical-requester" } >> { resource.service.name = "mythical-recorder" }',
      { minutes: 1 },
    );
    const traces = await tempo.traces(ids);
    const whole = traces.filter((spans) => {
      const present = new Set(spans.map(({ service }) => service));
      const database = spans.some(({ attributes }) => attributes['db.system.name'] === 'postgresql');
      return services.every((service) => present.has(service)) && database;
    });
    t.diagnostic(`${whole.length} of ${traces.length} traces are complete`);
    assert.ok(whole.length >= 20);
    assert.ok(whole.length >= traces.length * 0.9);
  });

  test('every span except the root has its parent in the trace', async (t) => {
    // Newer traces may still be on their way.
    const ids = await tempo.search('{ resource.service.name = "mythical-requester" && nestedSetParent < 0 }', {
      limit: 200,
    });
    let spans = 0;
    const orphans: string[] = [];
    for (const trace of await tempo.traces(ids)) {
      const known = new Set(trace.map(({ spanId }) => spanId));
      spans += trace.length;
      for (const { traceId, name, parentSpanId } of trace) {
        if (parentSpanId && !known.has(parentSpanId)) orphans.push(`${traceId} ${name}`);
      }
    }
    t.diagnostic(`${orphans.length} orphans in ${spans} spans of ${ids.length} traces`);
    assert.ok(ids.length >= 50);
    assert.deepEqual(orphans, []);
  });

  test('Tempo answers a metrics query in TraceQL', async () => {
    const now = Math.ceil(Date.now() / 1000);
    const { series = [] } = await getJson<{ series?: unknown[] }>(`${ADDRESSES.tempo}/api/metrics/query_range`, {
      q: '{ resource.service.name = "mythical-server" } | rate() by (span.http.route)',
      start: String(now - 300),
      end: String(now),
      step: '30s',
    });
    assert.ok(series.length > 0);
  });
});

describe('metrics from spans', needs('tempo'), () => {
  const dimensions = [
    'service',
    'span_name',
    'span_kind',
    'status_code',
    'http_method',
    'http_target',
    'service_version',
    'beast',
  ];

  test('rate, errors and durations carry what dashboards group by', async () => {
    for (const name of ['traces_spanmetrics_calls_total', 'traces_spanmetrics_latency_bucket']) {
      const series = await mimir.query(`${name}{service="mythical-server", span_kind="SPAN_KIND_SERVER"}`);
      assert.ok(series.length > 0, name);
      for (const dimension of dimensions) {
        assert.ok(
          series.some(({ metric }) => metric[dimension]),
          `${name} has no ${dimension}`,
        );
      }
    }
  });

  test('most errors are in version 2.0.0', async () => {
    const rate = async (version: string) => {
      const selector = `service="mythical-server", span_kind="SPAN_KIND_SERVER", service_version="${version}"`;
      const [series] = await mimir.query(
        `sum(traces_spanmetrics_calls_total{${selector}, status_code="STATUS_CODE_ERROR"}) / sum(traces_spanmetrics_calls_total{${selector}})`,
      );
      return series?.value ?? 0;
    };
    // With only a few requests, as after a restart of Tempo, it may be different by chance.
    await found('more errors in 2.0.0', async () => (await rate('2.0.0')) > (await rate('1.9.2')));
  });

  for (const [client, server] of [
    ['mythical-requester', 'mythical-server'],
    ['mythical-requester', 'mythical-recorder'],
  ] as const) {
    test(`the service graph has the edge ${client} → ${server}`, async () => {
      await found('the edge', () =>
        seriesOf(`traces_service_graph_request_total{client="${client}", server="${server}"} > 0`),
      );
    });
  }

  test('the service graph has the database', async () => {
    const edges = await mimir.query(
      'traces_service_graph_request_total{client="mythical-server", connection_type="database"} > 0',
    );
    assert.ok(edges.length > 0);
  });
});

describe('k6', needs('k6'), () => {
  test('its checks and requests in Mimir', async () => {
    for (const metric of ['k6_http_reqs_total', 'k6_checks_rate', 'k6_vus'])
      await found(metric, () => seriesOf(metric));
  });
  test('its durations as native histograms', async () => {
    await found('the quantile', async () =>
      (await mimir.query('histogram_quantile(0.95, sum(rate(k6_http_req_duration_seconds[2m])))')).some(
        ({ value }) => value > 0,
      ),
    );
  });
});

describe('Beyla', needs('beyla'), () => {
  for (const service of services) {
    test(`beyla-${service}: spans in Tempo, metrics in Mimir`, async () => {
      await found('spans', async () => (await tempo.search(`{ resource.service.name = "beyla-${service}" }`)).length);
      await found('metrics', () =>
        seriesOf(`http_server_request_duration_seconds_count{service_name="beyla-${service}"}`),
      );
    });
  }
});
