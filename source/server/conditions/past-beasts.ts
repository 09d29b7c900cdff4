import type { ServerCondition } from './condition.ts';

const LEFT_BYTES = 128 * 1024;
const MAX_LEFT_BYTES = 96 * 1024 * 1024;

/** Keeps memory until it ends. Limited, so that a sandbox doesn't use up the machine's memory. */
export function pastBeasts(): ServerCondition {
  const forgottenBeasts: number[][] = [];
  return {
    meet: () => forgetBeastsInMemory(forgottenBeasts),
    stop() {
      forgottenBeasts.length = 0;
    },
  };
}

/** Arrays of numbers live in V8's heap, where the heap profiler sees them; buffers would not. */
function forgetBeastsInMemory(forgottenBeasts: number[][]): void {
  if (forgottenBeasts.length * LEFT_BYTES >= MAX_LEFT_BYTES) return;
  forgottenBeasts.push(Array.from({ length: LEFT_BYTES / 8 }, (_, index) => index + 0.5));
}
