/** How much CPU time the measurement takes, in microseconds. */
const BURN_US = 100_000;

/**
 * How many times longer than on an idle machine a computation takes right now, because other processes want the same
 * cores: 1 or more. For tests of durations, which else say more about the machine than about the product.
 */
export function contention(): number {
  const start = performance.now();
  const before = process.cpuUsage();
  let used = 0;
  while (used < BURN_US) {
    const { user, system } = process.cpuUsage(before);
    used = user + system;
  }
  return Math.max(1, ((performance.now() - start) * 1000) / used);
}
