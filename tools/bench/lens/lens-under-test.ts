import { readFile } from 'node:fs/promises';
import type { QueryResult } from '../../../source/lens/query.ts';
import { startLensProcess } from '../../../tests/support/lens-process.ts';
import type { Receiver } from './intake.ts';
import type { Signal } from './signals.ts';

/** A lens in a separate process, and its figures. */
export type LensUnderTest = Receiver &
  AsyncDisposable & {
    query(sql: string): Promise<QueryResult>;
    databaseBytes(): Promise<number>;
    /** The proportional set size now, in MB. */
    pss(): Promise<number>;
  };

/** What counts as an item of each table: a row without a value is no sample, and a profile has many rows. */
const COUNTED: Record<Signal, string> = {
  spans: 'count(*)',
  logs: 'count(*)',
  metrics: 'count(value)',
  profiles: 'count(DISTINCT profile_id)',
};

export async function startLensUnderTest(dataDir: string): Promise<LensUnderTest> {
  const lens = await startLensProcess(dataDir, process.env);
  const { pid, peakMegabytes } = lens.program();
  const metrics = async () => {
    const text = await (await fetch(`${lens.url}/metrics`)).text();
    return (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  };
  return {
    ...lens,
    stored: async (signal) => Number((await lens.row(`SELECT ${COUNTED[signal]} FROM ${signal}`))[0]),
    cpuSeconds: async () => (await metrics())('process_cpu_seconds_total'),
    peakMegabytes,
    async delay() {
      const read = await metrics();
      const [p50, p99, max] = ['p50', 'p99', 'max'].map((name) => read(`nodejs_eventloop_lag_${name}_seconds`) * 1000);
      return { p50: p50!, p99: p99!, max: max! };
    },
    databaseBytes: async () => (await metrics())('lens_database_bytes'),
    async pss() {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
    },
  };
}
