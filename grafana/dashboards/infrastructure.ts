// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import { BytesIEC, BytesPerSecondIEC, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf } from '../layout/dashboard.ts';
import { exploreLogs, exploreMetrics, exploreTraces, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { bars, bigNumber } from '../panels/number.ts';
import { promql, promqlNow } from '../queries/queries.ts';
import { SERIES, SERVICE_NAMES } from '../queries/signals.ts';
import { postgres } from './infrastructure-postgres.ts';
import { rabbitmq } from './infrastructure-rabbitmq.ts';

const every = '15s';
const itsLog = exploreLogs('Its log', `{service_name="${label('service_name')}"}`);

const containers = [
  bars({
    title: 'Uptime',
    description:
      'How long ago each container was started. They should all be about the same; one that is much younger than the others has been restarted: look in its log for the reason.',
    queries: [
      promqlNow('sort(max by (service_name) (time() - container_start_time_seconds))', { legend: '{{service_name}}' }),
    ],
    unit: Seconds,
    alarmBelow: 60,
    width: 12,
    height: 10,
    links: [itsLog],
  }),
  bars({
    title: 'Memory by container, % of limit',
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
    title: 'Last restart',
    description: 'For how long the container that started last has been running. A small number: something restarts.',
    queries: [promql('min(time() - container_start_time_seconds)', { every })],
    unit: Seconds,
    alarmBelow: 60,
    plain: true,
    width: 24,
    height: 3,
  }),
];

const host = [
  graph({
    title: 'Host CPU',
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
      'The share of time in which at least one task had to wait for CPU, memory or disk. Better than load: it shows how much time is lost.',
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
    title: 'Host memory',
    description: 'What is in use, of what there is.',
    queries: [
      promql('node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes', { legend: 'in use', every }),
      promql('node_memory_MemTotal_bytes', { legend: 'all', every }),
    ],
    unit: BytesIEC,
    width: 8,
  }),
  graph({
    title: 'Disk I/O',
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
    title: 'Filesystem usage',
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
    title: 'Event loop lag, p99',
    description: 'How long a callback waits for its turn. One busy function holds up everybody.',
    queries: [promql('max by (service_name) (nodejs_eventloop_lag_p99_seconds)', { legend: '{{service_name}}' })],
    unit: Seconds,
    warnAt: 0.1,
    alarmAt: 0.5,
    width: 6,
  }),
  graph({
    title: 'Memory by service',
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

export const infrastructure = () =>
  dashboardOf({
    name: 'infrastructure',
    description: `What the application stands on: its containers, the machine, the runtime of ${SERVICE_NAMES.length} services, Postgres and RabbitMQ.`,
    rows: [
      { title: 'Containers', panels: containers },
      { title: 'Host', panels: host },
      { title: 'Node.js: the services’ runtime', panels: nodeJs },
      { title: 'Postgres', panels: postgres },
      { title: 'RabbitMQ', panels: rabbitmq },
    ],
  });
