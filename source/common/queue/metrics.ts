import { createCounter, createGauge, METRIC_NAMES, type Metrics } from '../telemetry/metrics.ts';
import type { Queue } from './queue.ts';

export function createPublishCounter(metrics: Metrics) {
  return createCounter(metrics, {
    name: METRIC_NAMES.messagesPublished,
    help: 'Published messages by outcome: confirmed by the queue, or failed',
    labelNames: ['outcome'],
  });
}

export function createDeliveryCounter(metrics: Metrics) {
  return createCounter(metrics, {
    name: METRIC_NAMES.deliveries,
    help: 'Deliveries by outcome: done, retried, or dead_lettered',
    labelNames: ['outcome'],
  });
}

export function createDepthGauge(metrics: Metrics, queue: Queue): void {
  createGauge(metrics, {
    name: METRIC_NAMES.queueDepth,
    help: 'Messages in the queue by state: waiting, or dead_lettered',
    labelNames: ['state'],
    async collect(gauge) {
      // No value while the queue is unavailable: a stale one would look like a stalled queue.
      const depth = await queue.depth().catch(() => undefined);
      gauge.reset();
      if (depth === undefined) return;
      gauge.set({ state: 'waiting' }, depth.waiting);
      gauge.set({ state: 'dead_lettered' }, depth.deadLettered);
    },
  });
}
