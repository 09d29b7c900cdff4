import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { TABLE_NAMES, type TableName } from './store/schema.ts';

/** Why a received item wasn't stored. */
export type DropReason = 'buffer_full' | 'duplicate' | 'invalid' | 'unsupported' | 'write_failed';

/** lens's own metrics. `signal` is the name of the item's table. */
export type SelfMetrics = ReturnType<typeof createSelfMetrics>;

export function createSelfMetrics() {
  const registry = new Registry();
  const registers = [registry];
  // These include the event loop delay, CPU time and memory.
  collectDefaultMetrics({ register: registry });
  const metrics = {
    registry,
    ingested: new Counter({
      name: 'lens_ingested_items_total',
      help: 'Items accepted.',
      labelNames: ['signal'],
      registers,
    }),
    dropped: new Counter({
      name: 'lens_dropped_items_total',
      help: 'Items not stored: refused with a retryable error (buffer_full), already stored (duplicate), or lost (other reasons).',
      labelNames: ['signal', 'reason'],
      registers,
    }),
    scrapeFailures: new Counter({
      name: 'lens_scrape_failures_total',
      help: 'Failed scrapes and pprof pulls.',
      labelNames: ['target'],
      registers,
    }),
    flushSeconds: new Histogram({
      name: 'lens_flush_seconds',
      help: 'Duration of writes of pending rows.',
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    querySeconds: new Histogram({
      name: 'lens_query_seconds',
      help: 'Duration of /api/query, by outcome.',
      labelNames: ['outcome'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
  };
  for (const signal of TABLE_NAMES) metrics.ingested.inc({ signal }, 0);
  return metrics;
}

/** The store's state, read on each scrape. */
type StoreState = {
  pendingRows(): number;
  tableRows(): Promise<Map<TableName, number>>;
  databaseBytes(): number;
};

export function observeStore({ registry }: Pick<SelfMetrics, 'registry'>, state: StoreState): void {
  const registers = [registry];
  new Gauge({
    name: 'lens_pending_rows',
    help: 'Rows accepted but not yet written.',
    registers,
    collect() {
      this.set(state.pendingRows());
    },
  });
  new Gauge({
    name: 'lens_table_rows',
    help: 'Rows stored.',
    labelNames: ['table'],
    registers,
    async collect() {
      for (const [table, rows] of await state.tableRows()) this.set({ table }, rows);
    },
  });
  new Gauge({
    name: 'lens_database_bytes',
    help: 'Size of the database file and its WAL; 0 if in memory.',
    registers,
    collect() {
      this.set(state.databaseBytes());
    },
  });
}

export type IngestMetrics = Pick<SelfMetrics, 'ingested' | 'dropped'>;

export function countDropped(metrics: IngestMetrics, signal: TableName, reason: DropReason, count: number): void {
  if (count > 0) metrics.dropped.inc({ signal, reason }, count);
}
