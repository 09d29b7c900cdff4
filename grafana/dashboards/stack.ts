import { BytesIEC, PercentUnit, Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { exploreLogs, exploreProfile, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { perSecond } from '../panels/look.ts';
import { bigNumber } from '../panels/number.ts';
import { bands } from '../panels/pictures.ts';
import { table } from '../panels/table.ts';
import { logql, promql, promqlTable } from '../queries/queries.ts';
import { PROFILE_TYPES } from '../queries/signals.ts';
import { every, PROGRAMS, rateOf } from '../queries/stack.ts';
import { ingestion, queries } from './stack-backends.ts';
import { collector } from './stack-collector.ts';

const summary: Row = {
  panels: [
    bands({
      title: 'Up',
      description:
        'Whether each target responds to Alloy’s scrapes. A red target has no fresh metrics: look at its logs.',
      queries: [promql('min by (job) (up)', { every })],
      unit: Short,
      states: { '0': { text: 'down', color: 'red' }, '1': { text: 'up', color: 'green' } },
      width: 24,
      height: 10,
      links: [exploreLogs('Its log', '{job="${__field.labels.job}"}')],
    }),
    bigNumber({
      title: 'Series',
      description:
        'Series in Mimir that recently received samples. They drive the cost of metrics: each new label value creates a new series.',
      queries: [promql('sum(cortex_ingester_active_series)', { every })],
      unit: Short,
      decimals: 1,
      warnAt: 40_000,
      alarmAt: 80_000,
    }),
    ...[
      { title: 'Samples', backend: 'Mimir', counter: 'cortex_distributor_received_samples_total' },
      { title: 'Lines', backend: 'Loki', counter: 'loki_distributor_lines_received_total' },
      { title: 'Spans', backend: 'Tempo', counter: 'tempo_distributor_spans_received_total' },
    ].map(({ title, backend, counter }) =>
      bigNumber({
        title,
        description: `${title} per second that ${backend} receives.`,
        queries: [promql(rateOf(counter), { every })],
        unit: perSecond(),
        decimals: 0,
      }),
    ),
    bigNumber({
      title: 'Profiles',
      description: 'Profiles per minute that Pyroscope receives: one per type and service every 15 s.',
      queries: [promql(`60 * ${rateOf('pyroscope_distributor_received_samples_count')}`, { every })],
      unit: 'suffix:/min',
      decimals: 0,
    }),
    bigNumber({
      title: 'Failing',
      description: 'Unhealthy Alloy components. Alloy’s UI shows which ones: http://localhost:12347/graph',
      queries: [
        promql('sum(alloy_component_controller_running_components{health_type!="healthy"}) or vector(0)', { every }),
      ],
      unit: Short,
      alarmAt: 1,
    }),
  ],
};

const programs: Row = {
  title: 'Processes',
  panels: [
    graph({
      title: 'Memory',
      description:
        'Memory of each program (RSS). The limits are set in docker-compose.yml. Click a line to see what allocated the memory.',
      queries: [
        promql(`max by (job) (process_resident_memory_bytes{job=~"${PROGRAMS}"} or otelcol_process_memory_rss)`, {
          every,
        }),
      ],
      unit: BytesIEC,
      width: 12,
      links: [exploreProfile('Heap of this program', PROFILE_TYPES.goHeap, `{service_name="${label('job')}"}`)],
    }),
    graph({
      title: 'CPU',
      description: 'CPU cores in use by each program. Click a line for its flame graph.',
      queries: [
        promql(
          `max by (job) (rate(process_cpu_seconds_total{job=~"${PROGRAMS}"}[$__rate_interval]) or rate(otelcol_process_cpu_seconds[$__rate_interval]))`,
          { every },
        ),
      ],
      unit: PercentUnit,
      width: 12,
      links: [exploreProfile('Flame graph of this program', PROFILE_TYPES.goCpu, `{service_name="${label('job')}"}`)],
    }),
  ],
};

/** Evaluations by rule group, whose label is a path and a name: `/data/ruler/anonymous/objectives.yaml;slo-memory`. */
const byGroup = (metric: string) =>
  promqlTable(
    `sum by (job, group) (label_replace(cortex_prometheus_rule_${metric} or loki_prometheus_rule_${metric}, "group", "$1", "rule_group", ".*;(.+)"))`,
    { every },
  );

const rules: Row = {
  title: 'Rules and logs',
  panels: [
    table({
      title: 'Rules',
      description: 'Rule groups that Mimir and Loki evaluate, and how many evaluations have failed since they started.',
      queries: [byGroup('evaluations_total'), byGroup('evaluation_failures_total')],
      columns: [
        { from: 'job', title: 'Program', width: 90 },
        { from: 'group', title: 'Group' },
        { from: 'Value #A', title: 'Evaluations', unit: Short, width: 110 },
        { from: 'Value #B', title: 'Failed', unit: Short, alarmAt: 1, width: 80 },
      ],
      width: 12,
      height: 10,
      sortBy: 'Failed',
    }),
    logLines({
      title: 'Warnings and errors of the stack',
      description: 'Warnings and errors logged by Alloy and the backends.',
      queries: [logql(`{service_name=~"${PROGRAMS}"} |~ "level=(warn|error)"`)],
      width: 12,
      height: 10,
    }),
  ],
};

export const stack = () =>
  dashboardOf({
    name: 'stack',
    description:
      'Meta-monitoring: what Alloy receives and forwards, what each backend stores, how fast it answers, and what was lost on the way.',
    rows: [summary, collector, ingestion, queries, programs, rules],
  });
