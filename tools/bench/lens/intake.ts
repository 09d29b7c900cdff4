import path from 'node:path';
import { startChild } from '../../../source/launcher/child.ts';
import type { LensUnderTest } from './lens-under-test.ts';
import type { Sent, Task } from './sender.ts';
import type { Signal } from './signals.ts';

/** How much lens took in, and what that cost. */
export type Intake = {
  signal: Signal;
  /** The target; undefined if it was as fast as possible. */
  rate: number | undefined;
  /** Spans, lines, samples or profiles, per second until the last was stored. */
  perSecond: number;
  sent: number;
  /** Accepted, but not stored. */
  lost: number;
  refusals: number;
  /** Event loop delay meanwhile, in ms. */
  delay: { p50: number; p99: number; max: number };
  cpuMicrosPerRow: number;
  peakMegabytes: number;
};

/** What counts as an item of each table: a row without a value is no sample, and a profile has many rows. */
const COUNTED: Record<Signal, string> = {
  spans: 'count(*)',
  logs: 'count(*)',
  metrics: 'count(value)',
  profiles: 'count(DISTINCT profile_id)',
};

export async function measureIntake(lens: LensUnderTest, task: Omit<Task, 'url' | 'grpcAddress'>): Promise<Intake> {
  const { signal } = task;
  const count = async () => Number((await lens.query(`SELECT ${COUNTED[signal]} FROM ${signal}`)).rows[0]![0]);
  const storedBefore = await count();
  const before = await lens.metrics();
  const startedAt = performance.now();
  const sent = await runSender({ ...task, url: lens.url, grpcAddress: lens.grpcAddress });
  const after = await lens.metrics();
  const stored = (await count()) - storedBefore;
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = (await lens.metrics())('process_cpu_seconds_total') - before('process_cpu_seconds_total');
  const delay = (statistic: string) => after(`nodejs_eventloop_lag_${statistic}_seconds`) * 1000;
  return {
    signal,
    rate: task.rate,
    perSecond: stored / seconds,
    sent: sent.items,
    lost: sent.items - stored,
    refusals: sent.refusals,
    delay: { p50: delay('p50'), p99: delay('p99'), max: delay('max') },
    cpuMicrosPerRow: (cpu * 1e6) / sent.rows,
    peakMegabytes: (await lens.memory()).peak,
  };
}

/** @throws {Error} if lens refused a request for good */
export async function runSender(task: Task): Promise<Sent> {
  const result = Promise.withResolvers<Sent>();
  const child = startChild({
    name: 'sender',
    main: path.join(import.meta.dirname, 'sender.ts'),
    args: [JSON.stringify(task)],
    onMessage: (message) => result.resolve(message as Sent),
  });
  child.exited.then(() => result.reject(new Error(`the sender ended:\n${child.lastLines().join('\n')}`)));
  const sent = await result.promise;
  if (sent.failure !== undefined) throw new Error(`lens refused ${task.signal}: ${sent.failure}`);
  return sent;
}
