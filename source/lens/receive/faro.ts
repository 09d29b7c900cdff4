import { decodeFaro } from './faro-payload.ts';
import { faroLogRows, faroMetricRows } from './faro-rows.ts';
import { type Ingest, storeOtlp } from './otlp.ts';
import { BusyError } from './payload.ts';

/**
 * Stores a browser's spans, its other items as log lines, and measured values also as metrics.
 *
 * @throws {PayloadError} if it isn't a Faro payload @throws {BusyError} if it wasn't stored completely
 */
export function storeFaro(ingest: Ingest, body: Buffer): void {
  const payload = decodeFaro(body.toString('utf8'));
  const logs = faroLogRows(payload);
  // The lines are longer than the body, because each repeats the metadata.
  const bytes = logs.reduce((sum, { body: line, attributes }) => sum + line.length + attributes.length, 0);
  if (!ingest.store.append('logs', logs, bytes)) throw new BusyError();
  if (!ingest.store.append('metrics', faroMetricRows(payload), body.length)) throw new BusyError();
  if (payload.traces !== undefined) storeOtlp(ingest, 'traces', payload.traces, body.length);
}
