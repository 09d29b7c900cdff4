import { createHash } from 'node:crypto';
import type { Fault } from './fault.ts';

const BURN_MS = 100;
const SHARE_OF_REQUESTS = 1 / 3;

export const cpuBurn = (): Fault => ({
  onRequest() {
    if (Math.random() < SHARE_OF_REQUESTS) burnCpu();
  },
});

/** Blocks the CPU and the event loop for 100 ms. The function names are meant for the flame graph. */
function burnCpu(): void {
  countDragonScalesTheSlowWay(performance.now() + BURN_MS);
}

function countDragonScalesTheSlowWay(deadline: number): number {
  let scales = 0;
  while (performance.now() < deadline) scales += countScalesOfOneDragon(scales);
  return scales;
}

function countScalesOfOneDragon(seed: number): number {
  let scales = 0;
  for (let row = 0; row < 20_000; row++) scales += Math.sqrt((seed + row) % 97) > 5 ? 1 : 0;
  return scales + createHash('sha256').update(String(scales)).digest()[0]!;
}
