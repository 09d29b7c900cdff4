import { BytesIEC, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { SCENARIOS } from '@mythical/common/scenarios';
import { SERVICES } from '@mythical/common/services';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { CONTROL_ROOM, exploreLogs, exploreProfile, exploreTraces, label, openDashboard } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { perSecond } from '../panels/look.ts';
import { latency, scenarioBands } from '../panels/requests.ts';
import { words } from '../panels/text.ts';
import { logql, promql, promqlByLegend } from '../queries/queries.ts';
import { ALL, WAIT_IN_QUEUE } from '../queries/red.ts';
import { PROFILE_TYPES, SERIES, SERVER } from '../queries/signals.ts';

const SCENARIOS_API = `localhost:${SERVICES.server.port}/scenarios`;

const table = Object.entries(SCENARIOS)
  .map(([name, description]) => `| \`${name}\` | ${description} |`)
  .join('\n');

const control: Row = {
  panels: [
    scenarioBands({
      description: 'Which fault was on, and when. Every graph on every dashboard also shows it as a shaded region.',
      height: 14,
    }),
    words({
      title: 'Start a scenario',
      description: 'How to start and stop a scenario, and what each does.',
      width: 12,
      height: 14,
      text: `
In the ${CONTROL_ROOM}, or from a shell:

\`\`\`sh
curl -X POST ${SCENARIOS_API} -H 'content-type: application/json' -d '{"name":"cpu-burn","seconds":120}'
curl -X DELETE ${SCENARIOS_API}
\`\`\`

| scenario | what it does |
|---|---|
${table}
`,
    }),
  ],
};

const trails: Row = {
  title: 'Effect of each scenario',
  panels: [
    graph({
      title: 'slow-database: query spans',
      description:
        'The 95th percentile of the server’s database spans, by operation. Click a point for long pg.query spans.',
      queries: [
        promql(
          `histogram_quantile(0.95, sum by (le, span_name) (rate(traces_spanmetrics_latency_bucket{service="${SERVER}", span_kind="SPAN_KIND_CLIENT"}[$__rate_interval])))`,
        ),
      ],
      unit: Seconds,
      links: [
        exploreTraces(
          'Spans of this operation that took more than 2 ms',
          `{ resource.service.name = "${SERVER}" && kind = client && name = "${label('span_name')}" && duration > 2ms }`,
        ),
      ],
    }),
    graph({
      title: 'slow-database: connections',
      description: 'Connections in the server’s pool. Waiting for a connection adds a second delay to the slow query.',
      queries: [promql(`sum by (state) (${SERIES.databaseConnections}{service_name="${SERVER}"})`)],
      unit: Short,
      red: 'waiting',
    }),
    graph({
      title: 'error-burst: error rate',
      description: 'Half of all requests fail, four out of five of them in version 2.0.0.',
      queries: [promql(ALL.errorRatio, { legend: 'failed' })],
      unit: PercentUnit,
      alarmAt: 0.1,
      links: [openDashboard('Which version?', 'errors')],
    }),
    graph({
      title: 'cpu-burn: event loop lag',
      description:
        'One function keeps the server’s only thread busy, and all requests wait for it. Click a point for the flame graph: countDragonScalesTheSlowWay.',
      queries: promqlByLegend('5s', {
        '99th percentile': `max(nodejs_eventloop_lag_p99_seconds{service_name="${SERVER}"})`,
        'CPU, shares of a core': `rate(process_cpu_seconds_total{service_name="${SERVER}"}[$__rate_interval])`,
      }),
      unit: Seconds,
      links: [exploreProfile('CPU profile of the server', PROFILE_TYPES.cpu, `{service_name="${SERVER}"}`)],
      rightAxis: { series: 'CPU, shares of a core', unit: PercentUnit },
    }),
    graph({
      title: 'memory-leak: server memory',
      description:
        'Memory grows by up to 96 MiB, and is released when the scenario ends. In the heap profile, forgetBeastsInMemory grows.',
      queries: promqlByLegend('5s', {
        RSS: `max(process_resident_memory_bytes{service_name="${SERVER}"})`,
        external: `max(nodejs_external_memory_bytes{service_name="${SERVER}"})`,
        heap: `max(nodejs_heap_size_used_bytes{service_name="${SERVER}"})`,
      }),
      unit: BytesIEC,
      links: [exploreProfile('Heap profile of the server', PROFILE_TYPES.heap, `{service_name="${SERVER}"}`)],
    }),
    graph({
      title: 'log-storm: server log lines',
      description: 'Fifty times as many lines for the same requests.',
      queries: [logql(`sum by (level) (rate({service_name="${SERVER}", namespace=~".+"} [$__auto]))`)],
      every: '10s',
      unit: perSecond('lines'),
      stacked: true,
      red: 'error',
      links: [
        exploreLogs('These lines in Loki', `{service_name="${SERVER}", namespace=~".+", level="${label('level')}"}`),
      ],
    }),
    graph({
      title: 'queue-backlog: queue length',
      description: 'More messages than the recorder can handle, of kinds that are slow to process.',
      queries: [promql(`sum by (state) (${SERIES.queueDepth})`)],
      unit: Short,
      softMax: 10,
      links: [openDashboard('The queue', 'infrastructure')],
    }),
    graph({
      title: 'queue-backlog: wait time',
      description:
        'By Little’s law: messages waiting, divided by messages consumed per second. In a trace, it is the gap between the two spans of a message.',
      queries: [promql(WAIT_IN_QUEUE, { legend: 'time' })],
      unit: Seconds,
      softMax: 1,
    }),
    latency({
      title: 'All scenarios: request latency',
      description: 'What users notice: the 95th percentile of all requests.',
    }),
    logLines({
      title: 'Start and end',
      description: 'The server logs when a scenario starts and ends.',
      queries: [
        logql(
          `{service_name="${SERVER}"} |~ "msg=.scenario (started|ended)" | logfmt msg, scenario, seconds | line_format "{{.msg}}: {{.scenario}}{{if .seconds}}, for {{.seconds}} s{{end}}"`,
        ),
      ],
      noValue: 'No scenario started or ended in this time range',
      width: 24,
      height: 6,
    }),
  ],
};

export const scenarios = () =>
  dashboardOf({
    name: 'scenarios',
    description: 'Which fault is switched on, how to switch one on, and one graph per scenario that shows its effect.',
    rows: [control, trails],
  });
