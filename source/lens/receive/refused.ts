import { now } from './otlp-values.ts';

/** A part of a request that can't be stored; the rest is. */
export type Refused = { entries: number; reason: string };

/** The `reject_old_samples_max_age` and `creation_grace_period` of our Loki, in microseconds. */
export const MAX_AGE = 24n * 3_600_000_000n;
const GRACE = 600_000_000n;

/** The reason not to accept a timestamp, or undefined. @param current the present, in microseconds */
export function refusalOfTime(time: bigint, current = now()): string | undefined {
  const oldest = current - MAX_AGE;
  const newest = current + GRACE;
  if (time >= oldest && time <= newest) return undefined;
  const which = time < oldest ? 'old' : 'new';
  return `a timestamp too ${which}: ${iso(time)}; accepted: ${iso(oldest)} to ${iso(newest)}`;
}

function iso(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  return Number.isNaN(date.getTime()) ? `${micros} µs` : date.toISOString();
}

const MAX_REASONS = 10;

/** @param what a plural for the message, such as "streams" */
export function summaryOf(refused: readonly Refused[], what: string): string {
  const reasons = refused.slice(0, MAX_REASONS).map(({ entries, reason }) => `${reason} (${entries} not stored)`);
  if (refused.length > MAX_REASONS) reasons.push(`and ${refused.length - MAX_REASONS} more ${what}`);
  return `some entries were not stored: ${reasons.join('; ')}`;
}

export function entriesOf(refused: readonly Refused[]): number {
  return refused.reduce((sum, { entries }) => sum + entries, 0);
}
