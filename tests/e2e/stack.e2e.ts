import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { flameGraphOf } from '../../grafana/model/correlations/backends.ts';
import { readDataSources } from '../../grafana/model/correlations/data-sources.ts';
import { correlationsOf } from '../../grafana/model/correlations/links.ts';
import { shareOf } from '../../grafana/model/flame-graph.ts';
import { getJson, postJson, requestJson } from '../../grafana/model/http.ts';
import { traceparent } from '../support/traceparent.ts';
import { until } from '../support/until.ts';
import { alertsOf } from './alerts/rules.ts';
import { type Followed, followAll, type Span, spansOf } from './correlations.ts';
import { ADDRESSES, FRONTEND_ORIGIN, NAMESPACE, needs, POSTGRES, WITHOUT } from './stack/addresses.ts';
import { evaluatedAlerts, firing } from './stack/alertmanager.ts';
import { type Collector, runningCollector } from './stack/collector.ts';
import * as loki from './stack/loki.ts';
import * as mimir from './stack/mimir.ts';
import * as pyroscope from './stack/pyroscope.ts';
import * as tempo from './stack/tempo.ts';

// Holds the running stack of Docker Compose to the contract of the signals (docs/signals.md), through the interfaces of
// the backends themselves. What this machine can't run is named in WITHOUT, and reported as "not run".

const services = Object.values(SERVICES).map(({ name }) => name);

const collector = await runningCollector();
console.log(`the collector is ${collector}`);

/** The option `skip` of a test of what one of them does, and the other can't. */
const only = (which: Collector) => ({ skip: collector !== which && `${which} only` });

/** Of a correlation: from a span to the flame graph of that very span. */
const OWN_PROFILE = 'span → its own profile';

const seriesOf = async (promql: string) => (await mimir.query(promql)).length;

/** Polls until the query finds something, so that a stack that has just started isn't called broken. */
const found = <T>(what: string, ask: () => Promise<T>, timeoutMs = 60_000) =>
  until(ask, { timeoutMs, intervalMs: 1_000, what: () => what });

before(async () => {
  await found(
    `an answer of the server at ${ADDRESSES.server}; does docker compose up -d run?`,
    async () => (await requestJson(`${ADDRESSES.server}/readyz`)).status === 200,
  );
  if (WITHOUT.has('tempo')) return;
  await found(
    'whole traces in Tempo',
    async () => (await tempo.search('{ resource.service.name = "mythical-recorder" }')).length >= 20,
    120_000,
  );
  await found(
    'span metrics of both versions of the server, with errors, in Mimir',
    async () =>
      (await seriesOf(
        'sum by (service_version) (traces_spanmetrics_calls_total{service="mythical-server", status_code="STATUS_CODE_ERROR"})',
      )) >= 2,
    120_000,
  );
});

describe('each signal of each service', () => {
  for (const service of services) {
    test(`${service}: metrics in Mimir`, async () => {
      await found('its series', () => seriesOf(`{service_name="${service}", group="mythical"}`));
      assert.deepEqual(
        (await mimir.query(`up{service_name="${service}", group="mythical"}`)).map(({ value }) => value),
        [1],
      );
    });
    test(`${service}: logs in Loki`, async () => {
      const [line] = await found('its lines', async () => {
        const lines = await loki.lines(`{service_name="${service}", namespace="${NAMESPACE}"}`);
        return lines.length > 0 && lines;
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
    // Of services that were just started there is no profile of their first seconds, and of the last ones none yet.
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
    t.diagnostic(`${whole.length} of ${traces.length} traces are whole`);
    assert.ok(whole.length >= 20);
    assert.ok(whole.length >= traces.length * 0.9);
  });

  test('every span but the root has its parent in the trace', async (t) => {
    // Younger traces may still be on their way.
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

describe('metrics made of spans', needs('tempo'), () => {
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

  test('errors lean to version 2.0.0', async () => {
    const rate = async (version: string) => {
      const selector = `service="mythical-server", span_kind="SPAN_KIND_SERVER", service_version="${version}"`;
      const [series] = await mimir.query(
        `sum(traces_spanmetrics_calls_total{${selector}, status_code="STATUS_CODE_ERROR"}) / sum(traces_spanmetrics_calls_total{${selector}})`,
      );
      return series?.value ?? 0;
    };
    // Of a handful of requests, as after a restart of Tempo, chance may say otherwise.
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

describe('correlations', needs('tempo'), () => {
  for (const [what, selector] of [
    ['the request histogram', 'mythical_request_times_bucket'],
    ['recorded messages', 'mythical_messages_recorded_total'],
    ['span metrics', 'traces_spanmetrics_latency_bucket'],
  ] as const) {
    test(`exemplars of ${what} lead to traces`, async (t) => {
      const all = await found('exemplars', async () => {
        const exemplars = await mimir.exemplars(selector);
        return exemplars.length > 0 && exemplars;
      });
      const ids = [...new Set(all.map(({ labels }) => labels.traceID ?? labels.trace_id))]
        .filter(Boolean)
        .slice(-40) as string[];
      assert.ok(ids.length > 0);
      // The newest may be here before their traces are.
      let missing = ids;
      const none = async () => {
        const traces = await tempo.traces(missing);
        missing = missing.filter((_, index) => traces[index]!.length === 0);
        return missing.length === 0;
      };
      await until(none, { timeoutMs: 15_000, intervalMs: 1_000, what: () => `the traces ${missing.join(', ')}` });
      t.diagnostic(`${ids.length} of ${ids.length} exemplars lead to a trace`);
    });
  }

  test('the lines of a trace are found by its id, and each line leads to its trace', async (t) => {
    const lines = await loki.lines(`{service_name=~"mythical-.*", namespace="${NAMESPACE}"} | traceID != ""`, {
      limit: 200,
    });
    const ids = [...new Set(lines.map(({ labels }) => labels.traceID as string))].slice(0, 40);
    assert.ok(ids.length >= 20);
    let back = 0;
    for (const id of ids) {
      await found(`trace ${id}`, async () => (await tempo.trace(id)).length);
      back += (await loki.lines(`{service_name=~"mythical-.+"} | traceID = "${id}"`)).length;
    }
    t.diagnostic(`${ids.length} of ${ids.length} ids of lines are traces; those have ${back} lines`);
  });

  test('span logs: a line for each request, with its trace', only('alloy'), async () => {
    const lines = await loki.lines('{job="alloy", source="spans"}', { limit: 50 });
    assert.ok(lines.length > 0);
    for (const { labels, text } of lines.slice(0, 10)) {
      assert.ok(labels.traceID, text);
      assert.ok(labels.service_name?.startsWith('mythical-'), text);
      await found(`trace ${labels.traceID}`, async () => (await tempo.trace(labels.traceID as string)).length);
    }
    // As the dashboards of grafana/intro-to-mltp ask for them.
    await found('a failed request', async () => (await loki.lines('{job="alloy"} | logfmt | status="Error"')).length);
  });
});

describe('lines by OTLP', only('otel-collector'), () => {
  test('carry the ids of their record under the names that the sandbox uses', async () => {
    const lines = await loki.lines(`{source="otlp", namespace="${NAMESPACE}"} | traceID != ""`);
    assert.ok(lines.length > 0);
    for (const { labels, text } of lines) {
      assert.equal(labels.traceID, labels.trace_id, text);
      assert.equal(labels.spanID, labels.span_id, text);
      assert.ok(text.includes(`traceID=${labels.traceID}`), text);
    }
  });

  test('have the labels that pushed lines have, and no more', async () => {
    const lines = await loki.lines(`{source="otlp", service_name=~"mythical-.+"}`);
    const labels = await loki.streamLabels(`{source="otlp", service_name=~"mythical-.+"}`);
    assert.ok(lines.length > 0);
    assert.deepEqual(labels, ['beast', 'job', 'level', 'namespace', 'service_name', 'source']);
  });
});

describe('every correlation that Grafana offers', needs('tempo', 'pyroscope'), () => {
  let followed: Followed[];
  before(async () => {
    const lines = await loki.lines(`{service_name=~"mythical-.*", namespace="${NAMESPACE}"} | traceID != ""`);
    const exemplars = await mimir.exemplars('mythical_request_times_bucket');
    const ids = await tempo.search(
      '{ resource.service.name = "mythical-requester" } >> { resource.service.name = "mythical-recorder" }',
    );
    // Of this kind there are always some in the database; after a few minutes it is others.
    const unicorns = await tempo.search('{ resource.service.name = "mythical-server" && span.beast = "unicorn" }', {
      minutes: 1,
    });
    const traces = await Promise.all([...ids.slice(0, 20), ...unicorns.slice(0, 20)].map(tempo.rawTrace));
    const id = lines[0]?.labels.traceID as string;
    const seen = {
      spans: traces.flatMap((trace) => (trace ? spansOf(trace) : [])),
      lines: [...lines, { labels: { service_name: 'other' }, text: `{"traceId":"${id}"}` }],
      // As the span metrics have it that Alloy can make.
      exemplars: [...exemplars, { labels: { trace_id: id } }],
    };
    // Profiles come every 15 seconds.
    await until(
      async () => {
        followed = await followAll({ ...ADDRESSES, postgres: POSTGRES }, seen);
        return followed.every((one) => one.name === OWN_PROFILE || leadsSomewhere(one));
      },
      { timeoutMs: 45_000, intervalMs: 5_000 },
    ).catch(() => {});
  });

  /** A beast may have been deleted before anybody looks. */
  const leadsSomewhere = ({ name, followed: links }: Followed) =>
    name.startsWith('tempo: Beasts') ? links.some(({ found }) => found > 0) : links.every(({ found }) => found > 0);

  for (const { name } of correlationsOf(readDataSources())) {
    // A span of a few milliseconds is in a profile only by chance: this one has a test of its own, below.
    if (name === OWN_PROFILE) continue;
    test(name, (t) => {
      const correlation = followed.find((one) => one.name === name) as Followed;
      const { offered, followed: links } = correlation;
      t.diagnostic(`${offered} times offered; found ${links.map(({ found, what }) => `${found} ${what}`).join(', ')}`);
      assert.ok(offered > 0);
      assert.ok(leadsSomewhere(correlation), JSON.stringify(links.filter(({ found }) => found === 0)));
    });
  }
});

describe(OWN_PROFILE, needs('tempo', 'pyroscope'), () => {
  const ownProfile = correlationsOf(readDataSources()).find(({ name }) => name === OWN_PROFILE)!;
  const burning = /:(burnCpu|countDragonScalesTheSlowWay|countScalesOfOneDragon):/;

  test('is offered on the entry span of each service, and on no other', async () => {
    const [id] = await tempo.search(
      '{ resource.service.name = "mythical-requester" } >> { resource.service.name = "mythical-recorder" }',
    );
    const spans = spansOf((await tempo.rawTrace(id!))!);
    const services = new Map(spans.map(({ spanID, serviceName }) => [spanID, serviceName]));
    const isEntry = ({ parentSpanID = '', serviceName }: Span) => services.get(parentSpanID) !== serviceName;
    const ours = spans.filter(({ serviceName }) => /^mythical-(requester|server|recorder)$/.test(serviceName));
    assert.deepEqual(
      ours.map((span) => [span.operationName, ownProfile.open(span) !== undefined]),
      ours.map((span) => [span.operationName, isEntry(span)]),
    );
  });

  test('of a slow request is dominated by the function that burned, that of fast ones at the same time is not', async (t) => {
    await postJson(`${ADDRESSES.server}/scenarios`, { name: 'cpu-burn', seconds: 20 });
    const requests: string[] = [];
    for (let index = 0; index < 40; index++) {
      const { traceId: id, header } = traceparent();
      await (await fetch(`${ADDRESSES.server}/unicorn`, { headers: { traceparent: header } })).arrayBuffer();
      requests.push(id);
    }
    // The span of a request ends after those of its queries, and may come later.
    const entries = await found('the traces', async () => {
      const traces = await Promise.all(requests.map(tempo.rawTrace));
      const offered = traces
        .flatMap((trace) => (trace ? spansOf(trace) : []))
        .flatMap((span) => {
          const link = ownProfile.open(span);
          return link ? [{ link, duration: span.duration }] : [];
        });
      return offered.length === requests.length && offered;
    });

    // Those that burned have about ten samples; those that had to wait for others are slow as well, and have none.
    const shares = await found('a profile of a span that burned', async () => {
      const slow = entries.filter(({ duration }) => duration > 100);
      const graphs = await Promise.all(slow.map(({ link }) => flameGraphOf(ADDRESSES.pyroscope, link)));
      const burned = graphs.filter(({ total = 0 }) => Number(total) > 50e6).map((graph) => shareOf(graph, burning));
      return burned.length > 0 && burned;
    });
    t.diagnostic(`shares of the burning function: ${shares.map((share) => share.toFixed(2)).join(' ')}`);
    // Ten samples are few: one that fell on the collection of garbage is a tenth of the graph.
    for (const share of shares) assert.ok(share > 0.5, String(share));
    assert.ok(shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)]! > 0.9);

    const fast = entries.filter(({ duration }) => duration < 50);
    const graphs = await Promise.all(fast.map(({ link }) => flameGraphOf(ADDRESSES.pyroscope, link)));
    const time = graphs.map(({ total = 0 }) => Number(total));
    const burnt = graphs.map((graph, index) => shareOf(graph, burning) * time[index]!);
    const sum = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
    t.diagnostic(`${fast.length} fast ones: ${sum(burnt) / 1e6} of ${sum(time) / 1e6} ms in it`);
    assert.ok(sum(burnt) <= 0.2 * sum(time));
  });
});

describe('what happened just now', () => {
  test(
    'is there within 15 seconds: trace by id and by search, log line; within 30: span metrics',
    needs('tempo'),
    async (t) => {
      const { traceId: id, header } = traceparent();
      const name = `e2e-${id.slice(0, 12)}`;
      const started = Date.now();
      const answer = await fetch(`${ADDRESSES.server}/unicorn`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json', traceparent: header },
        body: JSON.stringify({ name }),
      });
      assert.equal(answer.status, 204);
      const seconds: Record<string, string> = {};
      const within = async (limit: number, what: string, ask: () => Promise<unknown>) => {
        await until(ask, { timeoutMs: limit * 1000 - (Date.now() - started), intervalMs: 250, what: () => what });
        seconds[what] = ((Date.now() - started) / 1000).toFixed(1);
      };
      await Promise.all([
        within(15, 'trace by id', async () => (await tempo.trace(id)).length > 0),
        within(15, 'trace by search', async () =>
          (
            await tempo.search(
              `{ resource.service.name = "mythical-server" && span.http.method = "DELETE" && trace:id = "${id}" }`,
            )
          ).includes(id),
        ),
        within(
          15,
          'log line',
          async () => (await loki.lines(`{service_name="mythical-server"} | traceID = "${id}"`)).length > 0,
        ),
        // Tempo collects them every 5 s, and looks every 15 s whether there are any to send (tempo/tempo.yaml).
        within(30, 'span metrics', async () =>
          (
            await mimir.query(
              'timestamp(traces_spanmetrics_calls_total{service="mythical-server", http_method="DELETE"})',
            )
          ).some(({ value }) => value * 1000 > started),
        ),
      ]);
      t.diagnostic(`seconds: ${JSON.stringify(seconds)}`);
    },
  );
});

describe('the collector', () => {
  const nanoseconds = () => `${Date.now()}000000`;
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'e2e-otlp' } }] };

  test('metrics by OTLP arrive in Mimir', async () => {
    const point = { asInt: '7', timeUnixNano: nanoseconds() };
    await postJson(`${ADDRESSES.otlpHttp}/v1/metrics`, {
      resourceMetrics: [
        { resource, scopeMetrics: [{ metrics: [{ name: 'e2e_gauge', gauge: { dataPoints: [point] } }] }] },
      ],
    });
    await found('the gauge', () => seriesOf('e2e_gauge{service_name="e2e-otlp"} == 7'), 15_000);
  });

  test('logs by OTLP arrive in Loki', async () => {
    const text = `line ${randomBytes(6).toString('hex')}`;
    const record = { timeUnixNano: nanoseconds(), severityText: 'INFO', body: { stringValue: text } };
    await postJson(`${ADDRESSES.otlpHttp}/v1/logs`, {
      resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }],
    });
    await found('the line', async () => (await loki.lines(`{service_name="e2e-otlp"} |= "${text}"`)).length, 15_000);
  });

  test('a browser’s session, error, web vital and span arrive by Faro', needs('faro'), async () => {
    const { traceId: id } = traceparent();
    const timestamp = new Date().toISOString();
    const span = {
      traceId: id,
      spanId: randomBytes(8).toString('hex'),
      name: 'click',
      kind: 1,
      startTimeUnixNano: nanoseconds(),
      endTimeUnixNano: nanoseconds(),
    };
    const answer = await fetch(`${ADDRESSES.faro}/collect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: FRONTEND_ORIGIN },
      body: JSON.stringify({
        meta: {
          app: { name: 'mythical-frontend', version: '1.0.0' },
          session: { id: `s-${id}` },
          page: { url: FRONTEND_ORIGIN },
        },
        exceptions: [
          {
            timestamp,
            type: 'Error',
            value: `e2e ${id}`,
            stacktrace: { frames: [{ function: 'click', filename: 'app.js', lineno: 1, colno: 1 }] },
          },
        ],
        measurements: [{ timestamp, type: 'web-vitals', values: { lcp: 123 } }],
        events: [{ timestamp, name: 'e2e', attributes: { id } }],
        traces: {
          resourceSpans: [
            {
              resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mythical-frontend' } }] },
              scopeSpans: [{ scope: { name: 'e2e' }, spans: [span] }],
            },
          ],
        },
      }),
    });
    // Alloy says 202, the collector 200.
    assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
    assert.equal(answer.headers.get('access-control-allow-origin'), FRONTEND_ORIGIN);
    for (const kind of ['exception', 'measurement', 'event']) {
      await found(
        kind,
        async () => (await loki.lines(`{service_name="mythical-frontend", kind="${kind}"} |= "s-${id}"`)).length,
        15_000,
      );
    }
    await found('the span', async () => (await tempo.trace(id)).length, 15_000);
  });

  test('another origin is refused', needs('faro'), async () => {
    const answer = await fetch(`${ADDRESSES.faro}/collect`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });
});

describe('infrastructure', () => {
  const containers = [
    ...services,
    'mythical-database',
    'mythical-queue',
    collector,
    ...(collector === 'otel-collector' ? ['postgres-exporter'] : []),
    'mimir',
    'loki',
    'tempo',
    'pyroscope',
    'grafana',
    'k6',
  ];

  for (const container of containers) {
    test(`${container}: CPU, memory, network and file system of the container`, needs(container), async () => {
      for (const metric of [
        'cpu_usage_seconds_total',
        'memory_working_set_bytes',
        'network_receive_bytes_total',
        // Docker, whom the collector asks, counts writes only where the kernel does so for each control group.
        ...(collector === 'alloy' ? ['fs_writes_total'] : []),
      ]) {
        await found(metric, () => seriesOf(`container_${metric}{service_name="${container}"}`));
      }
    });
    // Alloy sends its own lines, the services theirs.
    test(`${container}: its log, joined with the metrics by service_name`, needs(container), async () => {
      await found('a line', async () => (await loki.lines(`{service_name="${container}"}`, { minutes: 60 })).length);
    });
  }

  for (const [job, metric] of [
    ['node', 'node_memory_MemAvailable_bytes'],
    ['node', 'node_cpu_seconds_total'],
    ['node', 'node_filesystem_avail_bytes'],
    ['postgres', 'pg_stat_database_xact_commit'],
    ['postgres', 'pg_stat_user_tables_n_live_tup'],
    ['rabbitmq', 'rabbitmq_connections'],
    ['rabbitmq-queues', 'rabbitmq_detailed_queue_messages'],
    collector === 'alloy'
      ? ['alloy', 'alloy_component_controller_running_components']
      : ['otel-collector', 'otelcol_exporter_queue_capacity'],
    ['mimir', 'cortex_ingester_memory_series'],
    ['loki', 'loki_distributor_lines_received_total'],
    ['tempo', 'tempo_distributor_spans_received_total'],
    ['pyroscope', 'pyroscope_distributor_received_samples_count'],
  ] as const) {
    test(`${job}: ${metric}`, needs(job), async () => {
      await found(metric, () => seriesOf(`${metric}{job="${job}"}`));
    });
  }

  test('Grafana: its own metrics', needs('grafana'), async () => {
    await found('grafana_build_info', () => seriesOf('grafana_build_info{job="grafana"}'));
  });

  test('every target that is scraped answers', async () => {
    const down = (await mimir.query('up == 0')).map(({ metric }) => metric.job);
    assert.deepEqual(
      down.filter((job) => !needs(String(job)).skip),
      [],
    );
  });

  test('nothing waits long for a backend', only('otel-collector'), async () => {
    const full = await found('its queues', async () => {
      const queues = await mimir.query(
        'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
      );
      return queues.length > 0 && queues;
    });
    for (const { metric, value } of full) assert.ok(value < 0.5, `${metric.exporter}: ${value}`);
  });

  // Programs written in Go offer profiles, but don't send them: Alloy asks.
  for (const program of ['alloy', 'mimir', 'loki', 'tempo', 'pyroscope']) {
    test(`${program}: profiles of the program itself`, only('alloy'), async () => {
      await found(
        'frames',
        async () =>
          (await pyroscope.functions('process_cpu:cpu:nanoseconds:cpu:nanoseconds', `{service_name="${program}"}`, 15))
            .length > 3,
        120_000,
      );
    });
  }

  test('rules: what Mimir and Loki record', async () => {
    await found('a rule of Mimir', () => seriesOf('slo:sli_error:ratio_rate1m'));
    await found('a rule of Loki', () => seriesOf('mythical:log_errors:rate1m'));
  });

  test('alerts: what Mimir and Loki evaluate, and the Alertmanager that they tell', async () => {
    const wanted = [...alertsOf('mimir'), ...alertsOf('loki')].map(({ alert }) => alert);
    await found('all alerting rules', async () => {
      const evaluated = await evaluatedAlerts();
      return wanted.every((alert) => evaluated.includes(alert));
    });
    for (const { labels } of await firing()) assert.ok(wanted.includes(labels.alertname!), labels.alertname);
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
