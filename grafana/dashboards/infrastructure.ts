// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import {
  BytesIEC,
  BytesPerSecondIEC,
  CountsPerSecond,
  Milliseconds,
  PercentUnit,
  Seconds,
  Short,
} from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf } from '../layout/dashboard.ts';
import { exploreLogs, exploreMetrics, exploreTraces, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { bars, bigNumber } from '../panels/number.ts';
import { table } from '../panels/table.ts';
import { logql, promql, promqlNow, promqlTable, sql } from '../queries/queries.ts';
import { SERIES, SERVICE_NAMES } from '../queries/signals.ts';

const every = '15s';
const itsLog = exploreLogs('Its log', `{service_name="${label('service_name')}"}`);

const containers = [
  bars({
    title: 'Running for',
    description:
      'How long ago each container was started. All alike is well; one that is much younger than the others was started anew: look into its log for why.',
    queries: [
      promqlNow('sort(max by (service_name) (time() - container_start_time_seconds))', { legend: '{{service_name}}' }),
    ],
    unit: Seconds,
    decimals: 0,
    alarmBelow: 60,
    width: 12,
    height: 10,
    links: [itsLog],
  }),
  bars({
    title: 'Memory, of what a container may have',
    description: 'At 100 % the kernel ends the container. The limits stand in docker-compose.yml.',
    queries: [
      promqlNow(
        'sort_desc(max by (service_name) (container_memory_working_set_bytes) / max by (service_name) (container_spec_memory_limit_bytes > 0))',
        { legend: '{{service_name}}' },
      ),
    ],
    unit: PercentUnit,
    decimals: 0,
    max: 1,
    warnAt: 0.8,
    alarmAt: 0.95,
    width: 12,
    height: 10,
    links: [exploreMetrics('Over time', `container_memory_working_set_bytes{service_name="${label('service_name')}"}`)],
  }),
  graph({
    title: 'CPU by container',
    description: 'In shares of a core. With cpu-burn it is the server.',
    queries: [
      promql('sum by (service_name) (rate(container_cpu_usage_seconds_total[$__rate_interval]))', {
        legend: '{{service_name}}',
        every,
      }),
    ],
    unit: PercentUnit,
    stacked: true,
    width: 8,
    links: [itsLog],
  }),
  graph({
    title: 'Memory by container',
    description: 'What a container needs right now (working set).',
    queries: [
      promql('max by (service_name) (container_memory_working_set_bytes)', { legend: '{{service_name}}', every }),
    ],
    unit: BytesIEC,
    width: 8,
    links: [itsLog],
  }),
  graph({
    title: 'Network by container',
    description: 'Bytes in a second that each container receives. Most is telemetry: observing costs, too.',
    queries: [
      promql('sum by (service_name) (rate(container_network_receive_bytes_total[$__rate_interval]))', {
        legend: '{{service_name}}',
        every,
      }),
    ],
    unit: BytesPerSecondIEC,
    width: 8,
    links: [itsLog],
  }),
  bigNumber({
    title: 'Youngest container',
    description: 'For how long the container that started last has been running. A small number: something restarts.',
    queries: [promql('min(time() - container_start_time_seconds)', { every })],
    unit: Seconds,
    decimals: 0,
    alarmBelow: 60,
    plain: true,
    width: 24,
    height: 3,
  }),
];

const host = [
  graph({
    title: 'CPU of the machine',
    description: 'What the cores do, in shares of all of them.',
    queries: [
      promql(
        'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[$__rate_interval])) / scalar(count(count by (cpu) (node_cpu_seconds_total)))',
        {
          legend: '{{mode}}',
          every,
        },
      ),
    ],
    unit: PercentUnit,
    stacked: true,
    max: 1,
    width: 8,
  }),
  graph({
    title: 'Pressure',
    description:
      'The share of time in which somebody had to wait for CPU, memory or disk. Better than load: it says what is lost.',
    queries: [
      promql('rate(node_pressure_cpu_waiting_seconds_total[$__rate_interval])', { legend: 'CPU', every }),
      promql('rate(node_pressure_memory_waiting_seconds_total[$__rate_interval])', { legend: 'memory', every }),
      promql('rate(node_pressure_io_waiting_seconds_total[$__rate_interval])', { legend: 'disk', every }),
    ],
    unit: PercentUnit,
    warnAt: 0.3,
    alarmAt: 0.6,
    width: 8,
  }),
  graph({
    title: 'Memory of the machine',
    description: 'What is in use, of what there is.',
    queries: [
      promql('node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes', { legend: 'in use', every }),
      promql('node_memory_MemTotal_bytes', { legend: 'all', every }),
    ],
    unit: BytesIEC,
    width: 8,
  }),
  graph({
    title: 'Disk',
    description: 'Bytes in a second, read and written.',
    queries: [
      promql('sum(rate(node_disk_read_bytes_total[$__rate_interval]))', { legend: 'read', every }),
      promql('sum(rate(node_disk_written_bytes_total[$__rate_interval]))', { legend: 'written', every }),
    ],
    unit: BytesPerSecondIEC,
    width: 12,
    height: 6,
  }),
  bars({
    title: 'Space on disks',
    description:
      'What is used of each disk, wherever it is mounted. A full one stops Postgres and all backends at once.',
    queries: [
      promqlNow('sort_desc(max by (device) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes))', {
        legend: '{{device}}',
      }),
    ],
    unit: PercentUnit,
    decimals: 0,
    max: 1,
    warnAt: 0.8,
    alarmAt: 0.95,
    width: 12,
    height: 6,
  }),
];

const nodeJs = [
  graph({
    title: 'Delay of the event loop: 99th percentile',
    description: 'How long a callback waits for its turn. One busy function holds up everybody.',
    queries: [promql('max by (service_name) (nodejs_eventloop_lag_p99_seconds)', { legend: '{{service_name}}' })],
    unit: Seconds,
    warnAt: 0.1,
    alarmAt: 0.5,
    width: 6,
  }),
  graph({
    title: 'Memory of the services',
    description:
      'RSS of each process. With memory-leak the server climbs by up to 96 MiB, and falls back when it ends.',
    queries: [
      promql('max by (service_name) (process_resident_memory_bytes{group="mythical"})', { legend: '{{service_name}}' }),
    ],
    unit: BytesIEC,
    width: 6,
  }),
  graph({
    title: 'Garbage collection',
    description: 'The share of time that V8 spends on it.',
    queries: [
      promql('sum by (service_name) (rate(nodejs_gc_duration_seconds_sum[$__rate_interval]))', {
        legend: '{{service_name}}',
      }),
    ],
    unit: PercentUnit,
    warnAt: 0.1,
    width: 6,
  }),
  graph({
    title: 'Connections to Postgres',
    description:
      'The pool of each service: used, idle, and queries that wait for a connection. With slow-database it runs dry.',
    queries: [
      promql(`sum by (service_name, state) (${SERIES.databaseConnections})`, { legend: '{{service_name}} {{state}}' }),
    ],
    unit: Short,
    width: 6,
    links: [
      exploreTraces(
        'Its spans at the database',
        `{ resource.service.name = "${label('service_name')}" && span.db.system.name = "postgresql" }`,
      ),
    ],
  }),
];

const postgres = [
  graph({
    title: 'Transactions',
    description: 'Committed and rolled back in a second. Each failed POST is a row that Postgres refused.',
    queries: [
      promql('sum(rate(pg_stat_database_xact_commit{datname="postgres"}[$__rate_interval]))', {
        legend: 'committed',
        every,
      }),
      promql('sum(rate(pg_stat_database_xact_rollback{datname="postgres"}[$__rate_interval]))', {
        legend: 'rolled back',
        every,
      }),
    ],
    unit: CountsPerSecond,
    red: 'rolled back',
    width: 8,
  }),
  graph({
    title: 'Who is connected',
    description: 'Connections by application. Postgres takes 60.',
    queries: [
      promql('sum by (application_name) (pg_stat_activity_count{application_name!=""})', {
        legend: '{{application_name}}',
        every,
      }),
    ],
    unit: Short,
    stacked: true,
    warnAt: 50,
    width: 8,
  }),
  graph({
    title: 'Rows changed',
    description:
      'Rows in a second: added by POST and by the recorder, deleted by DELETE and by the trimming of old ones.',
    queries: [
      promql('sum(rate(pg_stat_database_tup_inserted{datname="postgres"}[$__rate_interval]))', {
        legend: 'inserted',
        every,
      }),
      promql('sum(rate(pg_stat_database_tup_deleted{datname="postgres"}[$__rate_interval]))', {
        legend: 'deleted',
        every,
      }),
      promql('sum(rate(pg_stat_database_tup_updated{datname="postgres"}[$__rate_interval]))', {
        legend: 'updated',
        every,
      }),
    ],
    unit: CountsPerSecond,
    width: 8,
  }),
  table({
    title: 'Statements that cost most',
    description:
      'Asked of Postgres itself (pg_stat_statements): the time of all runs together since it started. With slow-database, pg_sleep is on top.',
    queries: [
      sql(
        `select left(regexp_replace(query, '\\s+', ' ', 'g'), 120) as statement, calls, round(total_exec_time::numeric) as total_ms, round(mean_exec_time::numeric, 2) as mean_ms
from pg_stat_statements where toplevel order by total_exec_time desc limit 10`,
      ),
    ],
    columns: [
      { from: 'statement', title: 'Statement' },
      { from: 'calls', title: 'Runs', unit: Short, decimals: 0, width: 80 },
      { from: 'total_ms', title: 'All', unit: Milliseconds, decimals: 1, width: 90 },
      { from: 'mean_ms', title: 'Mean', unit: Milliseconds, decimals: 2, warnAt: 50, alarmAt: 500, width: 90 },
    ],
    width: 16,
  }),
  table({
    title: 'What is in the database',
    description: 'The rows of the application, by kind: asked of Postgres with the role of a reader.',
    queries: [sql('select kind, count(*) as rows, max(created_at) as newest from beasts group by kind order by kind')],
    columns: [
      { from: 'kind', title: 'Kind' },
      { from: 'rows', title: 'Rows', unit: Short, decimals: 0, width: 80 },
      { from: 'newest', title: 'Newest', width: 170 },
    ],
    width: 8,
  }),
  graph({
    title: 'Found in memory',
    description:
      'The share of blocks of tables that Postgres did not have to read from disk. Below 90 %, more memory would help.',
    queries: [
      promql(
        'sum(rate(pg_stat_database_blks_hit{datname="postgres"}[$__rate_interval])) / (sum(rate(pg_stat_database_blks_hit{datname="postgres"}[$__rate_interval])) + sum(rate(pg_stat_database_blks_read{datname="postgres"}[$__rate_interval])))',
        { legend: 'found', every },
      ),
    ],
    unit: PercentUnit,
    max: 1,
    width: 8,
    height: 6,
  }),
  graph({
    title: 'Locks',
    description: 'Locks held, by mode. The drop and rebuild of all data takes an exclusive one.',
    queries: [promql('sum by (mode) (pg_locks_count{datname="postgres"}) > 0', { legend: '{{mode}}', every })],
    unit: Short,
    stacked: true,
    width: 8,
    height: 6,
  }),
  graph({
    title: 'Size of the tables',
    description: 'Bytes on disk of each table.',
    queries: [promql('max by (relname) (pg_stat_user_tables_table_size_bytes)', { legend: '{{relname}}', every })],
    unit: BytesIEC,
    width: 8,
    height: 6,
  }),
];

const rabbitmq = [
  graph({
    title: 'Messages in each queue',
    description:
      'Waiting, and being worked on. A failed message waits in the retry queue; what failed too often stays in the dead one, for somebody to look at.',
    queries: [promql('max by (queue) (rabbitmq_detailed_queue_messages)', { legend: '{{queue}}', every })],
    unit: Short,
    width: 8,
    links: [exploreTraces('Messages that took long', '{ kind = consumer && duration > 500ms }')],
  }),
  graph({
    title: 'In and out',
    description:
      'Messages in a second: published, delivered, acknowledged. Three lines on top of each other are a healthy queue.',
    queries: [
      promql('sum(rate(rabbitmq_global_messages_received_total[$__rate_interval]))', { legend: 'published', every }),
      promql('sum(rate(rabbitmq_global_messages_delivered_total[$__rate_interval]))', { legend: 'delivered', every }),
      promql('sum(rate(rabbitmq_global_messages_acknowledged_total[$__rate_interval]))', {
        legend: 'acknowledged',
        every,
      }),
      promql('sum(rate(rabbitmq_global_messages_redelivered_total[$__rate_interval]))', {
        legend: 'delivered again',
        every,
      }),
    ],
    unit: 'mps',
    width: 8,
  }),
  graph({
    title: 'As the services count them',
    description:
      'What the requester had confirmed, and what became of deliveries at the recorder: done, retried, or dead-lettered.',
    queries: [
      promql(`sum by (outcome) (rate(${SERIES.published}[$__rate_interval]))`, { legend: 'publish: {{outcome}}' }),
      promql(`sum by (outcome) (rate(${SERIES.deliveries}[$__rate_interval]))`, { legend: 'delivery: {{outcome}}' }),
    ],
    unit: 'mps',
    width: 8,
  }),
  graph({
    title: 'Memory of the broker',
    description: 'Beyond its limit RabbitMQ takes no more messages: publishers are held up.',
    queries: [
      promql('max(rabbitmq_process_resident_memory_bytes)', { legend: 'in use', every }),
      promql('max(rabbitmq_resident_memory_limit_bytes)', { legend: 'limit', every }),
    ],
    unit: BytesIEC,
    width: 8,
    height: 6,
  }),
  graph({
    title: 'Connections, channels, consumers',
    description: 'Each service has one connection. Without a consumer nobody takes messages, and the queue grows.',
    queries: [
      promql('max(rabbitmq_connections)', { legend: 'connections', every }),
      promql('max(rabbitmq_channels)', { legend: 'channels', every }),
      promql('max(rabbitmq_consumers)', { legend: 'consumers', every }),
    ],
    unit: Short,
    width: 8,
    height: 6,
  }),
  bigNumber({
    title: 'Alarms',
    description: 'RabbitMQ’s own alarms: memory, disk, file descriptors. Any of them stops all publishers.',
    queries: [
      promql(
        'sum({__name__=~"rabbitmq_alarms_(memory_used_watermark|free_disk_space_watermark|file_descriptor_limit)"})',
        { every },
      ),
    ],
    unit: Short,
    alarmAt: 1,
    plain: true,
    width: 8,
    height: 6,
  }),
  table({
    title: 'Queues',
    description: 'Each queue, with its consumers.',
    queries: [
      promqlTable('max by (queue) (rabbitmq_detailed_queue_messages_ready)', { every }),
      promqlTable('max by (queue) (rabbitmq_detailed_queue_messages_unacked)', { every }),
      promqlTable('max by (queue) (rabbitmq_detailed_queue_consumers)', { every }),
    ],
    columns: [
      { from: 'queue', title: 'Queue' },
      { from: 'Value #A', title: 'Waiting', unit: Short, decimals: 0, warnAt: 100, alarmAt: 1000 },
      { from: 'Value #B', title: 'Worked on', unit: Short, decimals: 0 },
      { from: 'Value #C', title: 'Consumers', unit: Short, decimals: 0 },
    ],
    width: 10,
    height: 6,
  }),
  logLines({
    title: 'What the database and the broker say',
    description:
      'The output of both containers. Postgres writes each statement that it refuses, and each that takes longer than a second.',
    queries: [logql('{service_name=~"mythical-(database|queue)"}')],
    width: 14,
    height: 6,
  }),
];

export const infrastructure = () =>
  dashboardOf({
    name: 'infrastructure',
    description: `What the application stands on: its containers, the machine, the runtime of ${SERVICE_NAMES.length} services, Postgres and RabbitMQ.`,
    rows: [
      { title: 'Containers', panels: containers },
      { title: 'The machine', panels: host },
      { title: 'Node.js: the services’ runtime', panels: nodeJs },
      { title: 'Postgres', panels: postgres },
      { title: 'RabbitMQ', panels: rabbitmq },
    ],
  });
