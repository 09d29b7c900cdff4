import { decodeFaro } from './faro-payload.ts';
import { faroLogRows, faroMetricRows } from './faro-rows.ts';
import { type Ingest, storeOtlp } from './otlp.ts';
import { BusyError } from './payload.ts';

/**
 * Stores what a browser sent: its spans, and the rest as log lines; measured values as metrics beside.
 *
 * @throws {PayloadError} when it is no Faro payload
 * @throws {BusyError} when not all of it was stored
 */
export function storeFaro(ingest: Ingest, body: Buffer): void {
  const payload = decodeFaro(body.toString('utf8'));
  const logs = faroLogRows(payload);
  // A line is longer than what it was made of, as each repeats the meta data.
  const bytes = logs.reduce((sum, { body: line, attributes }) => sum + line.length + attributes.length, 0);
  if (!ingest.store.append('logs', logs, bytes)) throw new BusyError();
  if (!ingest.store.append('metrics', faroMetricRows(payload), body.length)) throw new BusyError();
  if (payload.traces !== undefined) storeOtlp(ingest, 'traces', payload.traces, body.length);
}
