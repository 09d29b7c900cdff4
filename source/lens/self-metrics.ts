import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { TABLE_NAMES, type TableName } from './store/schema.ts';

/** Why an item that reached lens was not stored. */
export type DropReason = 'buffer_full' | 'duplicate' | 'invalid' | 'unsupported' | 'write_failed';

/** What lens tells about itself on /metrics. A signal is named after the table that its items are stored in. */
export type SelfMetrics = ReturnType<typeof createSelfMetrics>;

export function createSelfMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const metrics = {
    registry,
    ingested: new Counter({
      name: 'lens_ingested_items_total',
      help: 'Items accepted for storing.',
      labelNames: ['signal'],
      registers,
    }),
    dropped: new Counter({
      name: 'lens_dropped_items_total',
      help: 'Items received but not stored: refused with a retryable error (buffer_full), stored already (duplicate), or lost for good (the rest).',
      labelNames: ['signal', 'reason'],
      registers,
    }),
    scrapeFailures: new Counter({
      name: 'lens_scrape_failures_total',
      help: 'Fetches from a scrape or pprof target that failed.',
      labelNames: ['target'],
      registers,
    }),
    residentMemory: new Gauge({
      name: 'lens_resident_memory_bytes',
      help: 'Memory of the process that lens runs in.',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    }),
    flushSeconds: new Histogram({
      name: 'lens_flush_seconds',
      help: 'Time to write what was pending.',
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    querySeconds: new Histogram({
      name: 'lens_query_seconds',
      help: 'Time of /api/query, by outcome.',
      labelNames: ['outcome'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
  };
  for (const signal of TABLE_NAMES) metrics.ingested.inc({ signal }, 0);
  return metrics;
}

/** What the store knows at the moment it is asked. */
export type StoreState = {
  pendingRows(): number;
  tableRows(): Promise<Map<TableName, number>>;
  databaseBytes(): Promise<number>;
};

export function observeStore({ registry }: Pick<SelfMetrics, 'registry'>, state: StoreState): void {
  const registers = [registry];
  new Gauge({
    name: 'lens_pending_rows',
    help: 'Rows accepted and not yet written.',
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
    help: 'Size of the database file and its log; 0 in memory.',
    registers,
    async collect() {
      this.set(await state.databaseBytes());
    },
  });
}

export type IngestMetrics = Pick<SelfMetrics, 'ingested' | 'dropped'>;

export function countDropped(metrics: IngestMetrics, signal: TableName, reason: DropReason, count: number): void {
  if (count > 0) metrics.dropped.inc({ signal, reason }, count);
}
