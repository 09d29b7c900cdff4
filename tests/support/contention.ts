/** The CPU time that the measurement uses, in microseconds. */
const BURN_US = 100_000;

/**
 * How many times longer a computation takes now than on an idle machine, because other processes use the same cores: 1 or
 * more. For tests of durations, which would otherwise measure the machine more than the product.
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
