import { createHash } from 'node:crypto';

const BURN_MS = 100;

/** Keeps the CPU, and with it the whole event loop, busy for 100 ms. The names are for the reader of the flame graph. */
export function burnCpu(): void {
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
