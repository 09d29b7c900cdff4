import { countDropped } from '../self-metrics.ts';
import type { LokiEntry, LokiPush, LokiStream, Refused } from './loki-push.ts';
import { lokiRows } from './loki-rows.ts';
import type { Ingest } from './otlp.ts';
import { now } from './otlp-values.ts';
import { BusyError, PayloadError } from './payload.ts';

/** The `reject_old_samples_max_age` and `creation_grace_period` of our Loki, in microseconds. */
export const MAX_AGE = 24n * 3_600_000_000n;
const GRACE = 600_000_000n;

/**
 * Stores as much of a push as possible. Like Loki, then responds 400 if any entry was refused, so that clients don't
 * retry.
 *
 * @throws {BusyError} if nothing was stored @throws {PayloadError} naming the entries that were not stored, and why
 */
export function storeLoki({ store, metrics }: Ingest, { streams, refused }: LokiPush, bytes: number): void {
  const checked = streams.map(withPossibleTimes);
  if (!store.append('logs', lokiRows(checked.map(({ stream }) => stream)), bytes)) throw new BusyError();
  const all = [...refused, ...checked.flatMap((stream) => stream.refused ?? [])];
  if (all.length === 0) return;
  countDropped(
    metrics,
    'logs',
    'invalid',
    all.reduce((sum, { entries }) => sum + entries, 0),
  );
  throw new PayloadError(summary(all));
}

function withPossibleTimes(stream: LokiStream): { stream: LokiStream; refused?: Refused } {
  const oldest = now() - MAX_AGE;
  const newest = now() + GRACE;
  const isPossible = ({ time }: LokiEntry) => time >= oldest && time <= newest;
  const wrong = stream.entries.find((entry) => !isPossible(entry));
  if (wrong === undefined) return { stream };
  const kept = stream.entries.filter(isPossible);
  const labels = JSON.stringify(stream.labels).slice(0, 200);
  const reason =
    `entry for stream ${labels} has a timestamp too ${wrong.time < oldest ? 'old' : 'new'}: ${iso(wrong.time)}; ` +
    `accepted are ${iso(oldest)} to ${iso(newest)}; timestamps are nanoseconds since 1970`;
  return {
    stream: { ...stream, entries: kept },
    refused: { entries: stream.entries.length - kept.length, reason },
  };
}

function iso(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  return Number.isNaN(date.getTime()) ? `${micros} µs` : date.toISOString();
}

const MAX_REASONS = 10;

function summary(refused: readonly Refused[]): string {
  const reasons = refused.slice(0, MAX_REASONS).map(({ entries, reason }) => `${reason} (${entries} not stored)`);
  if (refused.length > MAX_REASONS) reasons.push(`and ${refused.length - MAX_REASONS} more streams`);
  return `some entries were not stored: ${reasons.join('; ')}`;
}
