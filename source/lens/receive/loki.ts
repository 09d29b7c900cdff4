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
  const checked = streams.map(withPossibleTimes);
  if (!store.append('logs', lokiRows(checked.map(({ stream }) => stream)), bytes)) throw new BusyError();
  const all = [...refused, ...checked.flatMap((stream) => stream.refused ?? [])];
  if (all.length === 0) return;
  countDropped(metrics, 'logs', 'invalid', entriesOf(all));
  throw new PayloadError(summaryOf(all, 'streams'));
}

function withPossibleTimes(stream: LokiStream): { stream: LokiStream; refused?: Refused } {
  const current = now();
  const isPossible = ({ time }: LokiEntry) => refusalOfTime(time, current) === undefined;
  const wrong = stream.entries.find((entry) => !isPossible(entry));
  if (wrong === undefined) return { stream };
  const kept = stream.entries.filter(isPossible);
  const labels = JSON.stringify(stream.labels).slice(0, 200);
  const refusal = refusalOfTime(wrong.time, current);
  const reason = `entry for stream ${labels} has ${refusal}; timestamps are nanoseconds since 1970`;
  return {
    stream: { ...stream, entries: kept },
    refused: { entries: stream.entries.length - kept.length, reason },
  };
}
