import { countDropped, type IngestMetrics } from '../self-metrics.ts';
import type { Store } from '../store/store.ts';
import { logRows } from './otlp-logs.ts';
import type { PartialSuccess, Requests, Signal } from './otlp-messages.ts';
import { metricRows } from './otlp-metrics.ts';
import { spanRows } from './otlp-traces.ts';
import { BusyError } from './payload.ts';

export type Ingest = { store: Pick<Store, 'append'>; metrics: IngestMetrics };

/**
 * Stores a decoded request from any transport.
 *
 * @param bytes the size of the request @throws {BusyError} if nothing was stored
 */
export function storeOtlp<S extends Signal>(
  { store, metrics }: Ingest,
  signal: S,
  request: Requests[S],
  bytes: number,
): PartialSuccess {
  switch (signal) {
    case 'traces': {
      const { rows, rejected, errorMessage } = spanRows(request as Requests['traces']);
      if (!store.append('spans', rows, bytes)) throw new BusyError();
      countDropped(metrics, 'spans', 'invalid', rejected);
      return { rejected, errorMessage };
    }
    case 'logs': {
      const { rows, rejected, errorMessage } = logRows(request as Requests['logs']);
      if (!store.append('logs', rows, bytes)) throw new BusyError();
      return { rejected, errorMessage };
    }
    default: {
      const { rows, rejected, errorMessage } = metricRows(request as Requests['metrics']);
      if (!store.append('metrics', rows, bytes)) throw new BusyError();
      countDropped(metrics, 'metrics', 'unsupported', rejected);
      return { rejected, errorMessage };
    }
  }
}
