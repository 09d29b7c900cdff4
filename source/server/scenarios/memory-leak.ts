import type { Fault } from './fault.ts';

const LEAK_BYTES = 128 * 1024;
const MAX_LEAKED_BYTES = 96 * 1024 * 1024;

/** Memory that is not released until the scenario ends. Bounded, so that a sandbox doesn't take the machine down. */
export function memoryLeak(): Fault {
  const forgottenBeasts: number[][] = [];
  return {
    onRequest: () => forgetBeastsInMemory(forgottenBeasts),
    stop() {
      forgottenBeasts.length = 0;
    },
  };
}

/** Arrays of numbers live in V8's heap, where the heap profiler sees them; buffers would not. */
function forgetBeastsInMemory(forgottenBeasts: number[][]): void {
  if (forgottenBeasts.length * LEAK_BYTES >= MAX_LEAKED_BYTES) return;
  forgottenBeasts.push(Array.from({ length: LEAK_BYTES / 8 }, (_, index) => index + 0.5));
}
