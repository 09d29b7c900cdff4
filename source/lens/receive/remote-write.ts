import { countDropped } from '../self-metrics.ts';
import type { MetricType } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import type { Ingest } from './otlp.ts';
import { BusyError } from './payload.ts';
import { entriesOf } from './refused.ts';
import { decodeRemoteWrite, type MessageName } from './remote-write-messages.ts';
import { remoteWriteRows } from './remote-write-rows.ts';

export type RemoteWriteIngest = Ingest & { store: Pick<Store, 'append' | 'flush' | 'writeError'> };

/** The number of metric families whose type is remembered. */
const MAX_FAMILIES = 10_000;

export function createRemoteWrite({ store, metrics }: RemoteWriteIngest) {
  const types = new Map<string, MetricType>();
  /**
   * Stores the valid part of a request and resolves when it's written. Until then the sender keeps it, so even SIGKILL
   * loses no samples. Duplicates are ignored.
   *
   * @throws {PayloadError} if it can't be decoded
   * @throws {BusyError} if it wasn't written: the sender should retry
   */
  return async (name: MessageName, body: Uint8Array) => {
    const request = decodeRemoteWrite(name, body);
    for (const [family, type] of request.types) {
      if (types.size < MAX_FAMILIES || types.has(family)) types.set(family, type);
    }
    const { rows, written, refused } = remoteWriteRows(request, types);
    if (!store.append('metrics', rows, body.length)) throw new BusyError();
    await store.flush();
    if (store.writeError() !== undefined) throw new BusyError(`lens can't store this now: ${store.writeError()}`);
    countDropped(metrics, 'metrics', 'invalid', entriesOf(refused));
    return { written, refused };
  };
}
