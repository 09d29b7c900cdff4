import { BytesIEC, BytesPerSecondIEC, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf } from '../layout/dashboard.ts';
import { exploreLogs, exploreMetrics, exploreTraces, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { bars } from '../panels/number.ts';
import { promql, promqlByLegend, promqlNow } from '../queries/queries.ts';
import { SERIES, SERVICE_NAMES } from '../queries/signals.ts';
import { every } from '../queries/stack.ts';
import { postgres } from './infrastructure-postgres.ts';
import { rabbitmq } from './infrastructure-rabbitmq.ts';

const itsLog = exploreLogs('Its log', `{service_name="${label('service_name')}"}`);

const containers = [
  bars({
    title: 'Uptime',
    description:
      'Time since each container started. Similar ages are normal; a container that is much younger than the others has restarted: check its log for the reason.',
    queries: [promqlNow('sort(max by (service_name) (time() - container_start_time_seconds))')],
    unit: Seconds,
    alarmBelow: 60,
    height: 12,
    links: [itsLog],
  }),
  bars({
    title: 'Memory by container, % of limit',
    description: 'At 100 % the kernel kills the container. The limits are set in docker-compose.yml.',
    queries: [
      promqlNow(
        'sort_desc(max by (service_name) (container_memory_working_set_bytes) / max by (service_name) (container_spec_memory_limit_bytes > 0))',
      ),
    ],
    unit: PercentUnit,
    decimals: 0,
    max: 1,
    warnAt: 0.8,
    alarmAt: 0.95,
    height: 12,
    links: [exploreMetrics('Over time', `container_memory_working_set_bytes{service_name="${label('service_name')}"}`)],
  }),
  graph({
    title: 'CPU by container',
    description: 'CPU cores in use. With cpu-burn, the server is at the top.',
    queries: [promql('sum by (service_name) (rate(container_cpu_usage_seconds_total[$__rate_interval]))', { every })],
    unit: PercentUnit,
    stacked: true,
    width: 12,
    height: 10,
    links: [itsLog],
  }),
  graph({
    title: 'Memory by container',
    description: 'Working set of each container.',
    queries: [promql('max by (service_name) (container_memory_working_set_bytes)', { every })],
    unit: BytesIEC,
    width: 12,
    height: 10,
    links: [itsLog],
  }),
  graph({
    title: 'Network by container',
    description: 'Bytes received per second by each container. Most of it is telemetry: observability has a cost.',
    queries: [
      promql('sum by (service_name) (rate(container_network_receive_bytes_total[$__rate_interval]))', { every }),
    ],
    unit: BytesPerSecondIEC,
    width: 24,
    links: [itsLog],
  }),
];

const host = [
  graph({
    title: 'Host CPU',
    description: 'CPU time by mode, as a share of all cores.',
    queries: [
      promql(
        'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[$__rate_interval])) / scalar(count(count by (cpu) (node_cpu_seconds_total)))',
        { every },
      ),
    ],
    unit: PercentUnit,
    stacked: true,
    max: 1,
  }),
  graph({
    title: 'Pressure',
    description:
      'The share of time in which at least one task had to wait for CPU, memory or disk. Unlike load average, it shows how much time is lost.',
    queries: promqlByLegend(every, {
      CPU: 'rate(node_pressure_cpu_waiting_seconds_total[$__rate_interval])',
      memory: 'rate(node_pressure_memory_waiting_seconds_total[$__rate_interval])',
      disk: 'rate(node_pressure_io_waiting_seconds_total[$__rate_interval])',
    }),
    unit: PercentUnit,
    warnAt: 0.3,
    alarmAt: 0.6,
  }),
  graph({
    title: 'Host memory',
    description: 'Memory in use, and total memory.',
    queries: promqlByLegend(every, {
      'in use': 'node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes',
      all: 'node_memory_MemTotal_bytes',
    }),
    unit: BytesIEC,
  }),
  graph({
    title: 'Disk I/O',
    description: 'Bytes read and written per second.',
    queries: promqlByLegend(every, {
      read: 'sum(rate(node_disk_read_bytes_total[$__rate_interval]))',
      written: 'sum(rate(node_disk_written_bytes_total[$__rate_interval]))',
    }),
    unit: BytesPerSecondIEC,
    width: 12,
    height: 6,
  }),
  bars({
    title: 'Filesystem usage',
    description:
      'Used space on each disk, wherever it is mounted. A full disk stops Postgres and all backends at once.',
    queries: [promqlNow('sort_desc(max by (device) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes))')],
    unit: PercentUnit,
    decimals: 0,
    max: 1,
    warnAt: 0.8,
    alarmAt: 0.95,
    height: 6,
  }),
];

const nodeJs = [
  graph({
    title: 'Event loop lag, p99',
    description: 'How long a callback waits before it runs. One long-running function delays everything else.',
    queries: [promql('max by (service_name) (nodejs_eventloop_lag_p99_seconds)')],
    unit: Seconds,
    warnAt: 0.1,
    alarmAt: 0.5,
    width: 12,
  }),
  graph({
    title: 'Memory by service',
    description:
      'RSS of each process. With memory-leak, the server grows by up to 96 MiB and shrinks again when the scenario ends.',
    queries: [promql('max by (service_name) (process_resident_memory_bytes{group="mythical"})')],
    unit: BytesIEC,
    width: 12,
  }),
  graph({
    title: 'Garbage collection',
    description: 'The share of time that V8 spends on garbage collection.',
    queries: [promql('sum by (service_name) (rate(nodejs_gc_duration_seconds_sum[$__rate_interval]))')],
    unit: PercentUnit,
    warnAt: 0.1,
    width: 12,
  }),
  graph({
    title: 'Pool connections',
    description:
      'The connection pool of each service: used, idle, and queries waiting for a connection. With slow-database, the pool runs out.',
    queries: [promql(`sum by (service_name, state) (${SERIES.databaseConnections})`)],
    unit: Short,
    width: 12,
    links: [
      exploreTraces(
        'Database spans of this service',
        `{ resource.service.name = "${label('service_name')}" && span.db.system.name = "postgresql" }`,
      ),
    ],
  }),
];

export const infrastructure = () =>
  dashboardOf({
    name: 'infrastructure',
    description: `What the application runs on: its containers, the host, the Node.js runtime of ${SERVICE_NAMES.length} services, Postgres and RabbitMQ.`,
    rows: [
      { title: 'Containers', panels: containers },
      { title: 'Host', panels: host },
      { title: 'Node.js runtime of the services', panels: nodeJs },
      { title: 'Postgres', panels: postgres },
      { title: 'RabbitMQ', panels: rabbitmq },
    ],
  });
