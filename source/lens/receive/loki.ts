import { countDropped } from '../self-metrics.ts';
import type { LokiEntry, LokiPush, LokiStream } from './loki-push.ts';
import { lokiRows } from './loki-rows.ts';
import type { Ingest } from './otlp.ts';
import { now } from './otlp-values.ts';
import { BusyError, PayloadError } from './payload.ts';
import { entriesOf, type Refused, refusalOfTime, summaryOf } from './refused.ts';

/**
 * Stores as much of a push as possible. Like Loki, then responds 400 if any entry was refused, so that clients don't
 * retry.
 *
 * @throws {BusyError} if nothing was stored @throws {PayloadError} naming the entries that were not stored, and why
 */
export function storeLoki({ store, metrics }: Ingest, { streams, refused }: LokiPush, bytes: number): void {
  const all = [...refused];
  const kept = streams.map((stream) => ({ ...stream, entries: withPossibleTimes(stream, all) }));
  if (!store.append('logs', lokiRows(kept), bytes)) throw new BusyError();
  if (all.length === 0) return;
  countDropped(metrics, 'logs', 'invalid', entriesOf(all));
  throw new PayloadError(summaryOf(all, 'streams'));
}

/** Adds the other entries to `refused`, with the reason for the first. */
function withPossibleTimes({ labels, entries }: LokiStream, refused: Refused[]): LokiEntry[] {
  const current = now();
  const kept = entries.filter(({ time }) => refusalOfTime(time, current) === undefined);
  const wrong = entries.find((entry, index) => entry !== kept[index]);
  if (wrong === undefined) return kept;
  const stream = JSON.stringify(labels).slice(0, 200);
  const reason = `entry for stream ${stream} has ${refusalOfTime(wrong.time, current)}; timestamps are nanoseconds since 1970`;
  refused.push({ entries: entries.length - kept.length, reason });
  return kept;
}
