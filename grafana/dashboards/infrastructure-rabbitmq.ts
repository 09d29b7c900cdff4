import { BytesIEC, Short } from '@grafana/grafana-foundation-sdk/units';
import { exploreTraces } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { logLines } from '../panels/lines.ts';
import { bigNumber } from '../panels/number.ts';
import { table } from '../panels/table.ts';
import { logql, promql, promqlByLegend, promqlTable } from '../queries/queries.ts';
import { SERIES } from '../queries/signals.ts';
import { every } from '../queries/stack.ts';

export const rabbitmq = [
  graph({
    title: 'Queue length',
    description:
      'Messages ready and unacknowledged. A failed message waits in the retry queue; one that fails too often stays in the dead-letter queue until it is removed by hand.',
    queries: [promql('max by (queue) (rabbitmq_detailed_queue_messages)', { every })],
    unit: Short,
    links: [exploreTraces('Messages that took longer than 500 ms', '{ kind = consumer && duration > 500ms }')],
  }),
  graph({
    title: 'Publish and deliver rate',
    description:
      'Messages per second: published, delivered and acknowledged. When the queue is healthy, the three lines overlap.',
    queries: promqlByLegend(every, {
      published: 'sum(rate(rabbitmq_global_messages_received_total[$__rate_interval]))',
      delivered: 'sum(rate(rabbitmq_global_messages_delivered_total[$__rate_interval]))',
      acknowledged: 'sum(rate(rabbitmq_global_messages_acknowledged_total[$__rate_interval]))',
      redelivered: 'sum(rate(rabbitmq_global_messages_redelivered_total[$__rate_interval]))',
    }),
    unit: 'mps',
  }),
  graph({
    title: 'Published and processed',
    description:
      'Publishes by outcome, confirmed or failed, and deliveries to the recorder by outcome: done, retried, or dead-lettered.',
    queries: promqlByLegend('5s', {
      'publish: {{outcome}}': `sum by (outcome) (rate(${SERIES.published}[$__rate_interval]))`,
      'delivery: {{outcome}}': `sum by (outcome) (rate(${SERIES.deliveries}[$__rate_interval]))`,
    }),
    unit: 'mps',
  }),
  graph({
    title: 'Broker memory',
    description: 'Above its limit, RabbitMQ accepts no more messages and blocks publishers.',
    queries: promqlByLegend(every, {
      'in use': 'max(rabbitmq_process_resident_memory_bytes)',
      limit: 'max(rabbitmq_resident_memory_limit_bytes)',
    }),
    unit: BytesIEC,
    height: 6,
  }),
  graph({
    title: 'Connections and channels',
    description: 'Each service has one connection. Without a consumer, nothing takes messages and the queue grows.',
    queries: promqlByLegend(every, {
      connections: 'max(rabbitmq_connections)',
      channels: 'max(rabbitmq_channels)',
      consumers: 'max(rabbitmq_consumers)',
    }),
    unit: Short,
    height: 6,
  }),
  bigNumber({
    title: 'Alarms',
    description: 'RabbitMQ’s own alarms: memory, disk, file descriptors. Any of them blocks all publishers.',
    queries: [
      promql(
        'sum({__name__=~"rabbitmq_alarms_(memory_used_watermark|free_disk_space_watermark|file_descriptor_limit)"})',
        { every },
      ),
    ],
    unit: Short,
    alarmAt: 1,
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
      { from: 'Value #A', title: 'Ready', unit: Short, warnAt: 100, alarmAt: 1000, width: 75 },
      { from: 'Value #B', title: 'Unacked', unit: Short, width: 90 },
      { from: 'Value #C', title: 'Consumers', unit: Short, width: 105 },
    ],
    width: 12,
    height: 6,
  }),
  logLines({
    title: 'Logs of Postgres and RabbitMQ',
    description:
      'The output of both containers. Postgres logs every statement that it rejects, and every statement that takes longer than a second.',
    queries: [logql('{service_name=~"mythical-(database|queue)"}')],
    width: 12,
    height: 6,
  }),
];
