import type { Fault } from './fault.ts';

const LEAK_BYTES = 128 * 1024;
const MAX_LEAKED_BYTES = 96 * 1024 * 1024;

/** Leaks memory until the scenario ends, up to a limit that keeps the machine safe. */
export function memoryLeak(): Fault {
  const forgottenBeasts: number[][] = [];
  return {
    onRequest: () => forgetBeastsInMemory(forgottenBeasts),
    stop() {
      forgottenBeasts.length = 0;
    },
  };
}

/** Arrays of numbers are in V8's heap, which the heap profiler sees; buffers aren't. */
function forgetBeastsInMemory(forgottenBeasts: number[][]): void {
  if (forgottenBeasts.length * LEAK_BYTES >= MAX_LEAKED_BYTES) return;
  forgottenBeasts.push(Array.from({ length: LEAK_BYTES / 8 }, (_, index) => index + 0.5));
}
