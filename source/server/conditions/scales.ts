import { createHash } from 'node:crypto';
import type { ServerCondition } from './condition.ts';

const COUNT_MS = 100;
const SHARE_OF_REQUESTS = 1 / 3;

/** Keeps the CPU, and so the event loop, busy: for 100 ms of CPU time, which takes longer on a busy machine. */
export const scales = (): ServerCondition => ({
  meet() {
    if (Math.random() < SHARE_OF_REQUESTS) countDragonScalesTheSlowWay(COUNT_MS);
  },
});

function countDragonScalesTheSlowWay(milliseconds: number): number {
  const end = threadCpuMs() + milliseconds;
  let scales = 0;
  while (threadCpuMs() < end) scales += countScalesOfOneDragon(scales);
  return scales;
}

function countScalesOfOneDragon(seed: number): number {
  let scales = 0;
  for (let row = 0; row < 20_000; row++) scales += Math.sqrt((seed + row) % 97) > 5 ? 1 : 0;
  return scales + createHash('sha256').update(String(scales)).digest()[0]!;
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
