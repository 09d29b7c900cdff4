import path from 'node:path';
import { startChild } from '../../../source/launcher/child.ts';
import { until } from '../../../source/launcher/until.ts';
import type { Sent, Task } from './sender.ts';
import type { Signal } from './signals.ts';

/** A receiver of telemetry, in a separate process. */
export type Receiver = {
  url: string;
  grpcAddress: string;
  /** Items so far. */
  stored(signal: Signal): Promise<number>;
  cpuSeconds(): Promise<number>;
  peakMegabytes(): Promise<number>;
  /** Of the event loop since the last call, in ms, if it has one. */
  delay?(): Promise<Delay>;
};

type Delay = { p50: number; p99: number; max: number };

/** What a receiver accepted and stored, and what that cost. */
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
  /** Meanwhile. */
  delay: Delay | undefined;
  cpuMicrosPerRow: number;
  peakMegabytes: number;
};

/** What to send, without the receiver's addresses. */
export type Load = Omit<Task, 'url' | 'grpcAddress'>;

/** How long a receiver may take to store what it has accepted. */
const STORE_MS = 10_000;

export async function measureIntake(receiver: Receiver, load: Load): Promise<Intake> {
  const { signal, rate } = load;
  const storedBefore = await receiver.stored(signal);
  const cpuBefore = await receiver.cpuSeconds();
  await receiver.delay?.();
  const startedAt = performance.now();
  const { url, grpcAddress } = receiver;
  const sent = await runSender({ ...load, url, grpcAddress });
  const delay = await receiver.delay?.();
  let stored = 0;
  const isStored = async () => {
    stored = (await receiver.stored(signal)) - storedBefore;
    return stored >= sent.items;
  };
  await until(isStored, { timeoutMs: STORE_MS }).catch(() => {});
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    signal,
    rate,
    perSecond: stored / seconds,
    sent: sent.items,
    lost: sent.items - stored,
    refusals: sent.refusals,
    delay,
    cpuMicrosPerRow: (((await receiver.cpuSeconds()) - cpuBefore) * 1e6) / sent.rows,
    peakMegabytes: await receiver.peakMegabytes(),
  };
}

/** @throws {Error} if the receiver refused a request for good */
async function runSender(task: Task): Promise<Sent> {
  const result = Promise.withResolvers<Sent>();
  const child = startChild({
    name: 'sender',
    main: path.join(import.meta.dirname, 'sender.ts'),
    args: [JSON.stringify(task)],
    onMessage: (message) => result.resolve(message as Sent),
  });
  child.exited.then(() => result.reject(new Error(`the sender ended:\n${child.lastLines().join('\n')}`)));
  const sent = await result.promise;
  if (sent.failure !== undefined) throw new Error(`refused ${task.signal}: ${sent.failure}`);
  return sent;
}
