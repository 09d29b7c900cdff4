// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import { BytesIEC, CountsPerSecond, PercentUnit, Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { exploreLogs, exploreProfile, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { bigNumber } from '../panels/number.ts';
import { table } from '../panels/table.ts';
import { logql, promql, promqlTable } from '../queries/queries.ts';
import { PROFILE_TYPES } from '../queries/signals.ts';
import { every, PROGRAMS, rateOf } from '../queries/stack.ts';
import { ingestion, queries } from './stack-backends.ts';
import { collector } from './stack-collector.ts';

const summary: Row = {
  panels: [
    bigNumber({
      title: 'Up',
      description: 'Whether each target answers Alloy’s scrape. A red one has no fresh metrics: look at its logs.',
      queries: [promql('min by (job) (up)', { legend: '{{job}}', every })],
      unit: 'bool_on_off',
      alarmBelow: 1,
      names: true,
      plain: true,
      width: 24,
      height: 4,
      links: [exploreLogs('Its log', '{job="${__field.labels.job}"}')],
    }),
    bigNumber({
      title: 'Active series',
      description:
        'Series in Mimir that got a sample lately: what metrics cost. Each new value of a label makes a new one.',
      queries: [promql('sum(cortex_ingester_active_series)', { every })],
      unit: Short,
      decimals: 1,
      warnAt: 40_000,
      alarmAt: 80_000,
      width: 4,
    }),
    bigNumber({
      title: 'Samples',
      description: 'Samples in a second that Mimir takes in.',
      queries: [promql(rateOf('cortex_distributor_received_samples_total'), { every })],
      unit: CountsPerSecond,
      decimals: 0,
      width: 4,
    }),
    bigNumber({
      title: 'Log lines',
      description: 'Lines in a second that Loki takes in.',
      queries: [promql(rateOf('loki_distributor_lines_received_total'), { every })],
      unit: CountsPerSecond,
      decimals: 0,
      width: 4,
    }),
    bigNumber({
      title: 'Spans',
      description: 'Spans in a second that Tempo takes in.',
      queries: [promql(rateOf('tempo_distributor_spans_received_total'), { every })],
      unit: CountsPerSecond,
      decimals: 0,
      width: 4,
    }),
    bigNumber({
      title: 'Profiles',
      description: 'Profiles in a minute that Pyroscope takes in: one of each type and service in 15 s.',
      queries: [promql(`60 * ${rateOf('pyroscope_distributor_received_samples_count')}`, { every })],
      unit: 'cpm',
      decimals: 0,
      width: 4,
    }),
    bigNumber({
      title: 'Alloy unhealthy',
      description: 'Parts of Alloy’s pipelines that report trouble. Its page shows which: http://localhost:12347/graph',
      queries: [
        promql('sum(alloy_component_controller_running_components{health_type!="healthy"}) or vector(0)', {
          every,
        }),
      ],
      unit: Short,
      alarmAt: 1,
      width: 4,
    }),
  ],
};

const programs: Row = {
  title: 'Processes',
  panels: [
    graph({
      title: 'Memory',
      description:
        'Memory of each program (RSS). Its limit stands in docker-compose.yml. Click a line for who allocated it.',
      queries: [
        promql(`max by (job) (process_resident_memory_bytes{job=~"${PROGRAMS}"} or otelcol_process_memory_rss)`, {
          legend: '{{job}}',
          every,
        }),
      ],
      unit: BytesIEC,
      width: 8,
      links: [exploreProfile('Heap of this program', PROFILE_TYPES.goHeap, `{service_name="${label('job')}"}`)],
    }),
    graph({
      title: 'CPU',
      description: 'CPU time of each program, in shares of a core. Click a line for its flame graph.',
      queries: [
        promql(
          `max by (job) (rate(process_cpu_seconds_total{job=~"${PROGRAMS}"}[$__rate_interval]) or rate(otelcol_process_cpu_seconds[$__rate_interval]))`,
          {
            legend: '{{job}}',
            every,
          },
        ),
      ],
      unit: PercentUnit,
      width: 8,
      links: [exploreProfile('Flame graph of this program', PROFILE_TYPES.goCpu, `{service_name="${label('job')}"}`)],
    }),
    table({
      title: 'Rules',
      description: 'Groups of rules that Mimir and Loki evaluate, and how often that failed since they started.',
      queries: [
        promqlTable(
          'sum by (job, rule_group) (cortex_prometheus_rule_evaluations_total or loki_prometheus_rule_evaluations_total)',
          { every },
        ),
        promqlTable(
          'sum by (job, rule_group) (cortex_prometheus_rule_evaluation_failures_total or loki_prometheus_rule_evaluation_failures_total)',
          { every },
        ),
      ],
      columns: [
        { from: 'job', title: 'Program', width: 100 },
        { from: 'rule_group', title: 'Group' },
        { from: 'Value #A', title: 'Evaluations', unit: Short, width: 110 },
        { from: 'Value #B', title: 'Failed', unit: Short, alarmAt: 1, width: 80 },
      ],
      width: 8,
    }),
    logLines({
      title: 'Warnings and errors of the stack',
      description: 'What Alloy and the backends complain about.',
      queries: [logql(`{service_name=~"${PROGRAMS}"} |~ "level=(warn|error)"`)],
      width: 24,
    }),
  ],
};

export const stack = () =>
  dashboardOf({
    name: 'stack',
    description:
      'Who watches the watchers: what Alloy takes in and passes on, what each backend keeps, how fast they answer, and what was lost on the way.',
    rows: [summary, collector, ingestion, queries, programs],
  });
