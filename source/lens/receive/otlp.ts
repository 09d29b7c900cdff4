import { setImmediate as nextTurn } from 'node:timers/promises';
import { countDropped, type DropReason, type IngestMetrics } from '../self-metrics.ts';
import type { Rows } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { logRows } from './otlp-logs.ts';
import { decodeProtobuf, type PartialSuccess, type Requests, type Signal } from './otlp-messages.ts';
import { metricRows } from './otlp-metrics.ts';
import { partsOf } from './otlp-parts.ts';
import { spanRows } from './otlp-traces.ts';
import { BusyError } from './payload.ts';

export type Ingest = { store: Pick<Store, 'append'>; metrics: IngestMetrics };

const TABLES = { traces: 'spans', logs: 'logs', metrics: 'metrics' } as const;
type Converted<S extends Signal> = { rows: Rows[(typeof TABLES)[S]][] } & PartialSuccess;

const CONVERT: { [S in Signal]: (request: Requests[S]) => Converted<S> } = {
  traces: spanRows,
  logs: logRows,
  metrics: metricRows,
};

/** Why items are rejected. Log records never are. */
const REASONS: Record<Signal, DropReason> = { traces: 'invalid', logs: 'invalid', metrics: 'unsupported' };

/**
 * Stores a decoded request.
 *
 * @param bytes the size of the request @throws {BusyError} if nothing was stored
 */
export function storeOtlp<S extends Signal>(
  ingest: Ingest,
  signal: S,
  request: Requests[S],
  bytes: number,
): PartialSuccess {
  return storeAll(ingest, signal, [CONVERT[signal](request)], bytes);
}

/** The longest that a request occupies the event loop at a time. */
const TURN_MS = 5;

/**
 * Stores an encoded request, without blocking the event loop if it is large.
 *
 * @throws {PayloadError} if it can't be decoded @throws {BusyError} Nothing was stored in either case.
 */
export async function storeOtlpProtobuf(ingest: Ingest, signal: Signal, body: Uint8Array): Promise<PartialSuccess> {
  const converted: Converted<typeof signal>[] = [];
  let turnStart = performance.now();
  for (const part of partsOf(body)) {
    if (performance.now() - turnStart > TURN_MS) {
      await nextTurn();
      turnStart = performance.now();
    }
    converted.push(CONVERT[signal](decodeProtobuf(signal, part) as never));
  }
  return storeAll(ingest, signal, converted, body.length);
}

function storeAll<S extends Signal>(
  { store, metrics }: Ingest,
  signal: S,
  converted: Converted<S>[],
  bytes: number,
): PartialSuccess {
  const table = TABLES[signal];
  const rows = converted.flatMap((part) => part.rows) as Rows[typeof table][];
  if (!store.append(table, rows, bytes)) throw new BusyError();
  const rejected = converted.reduce((sum, part) => sum + part.rejected, 0);
  countDropped(metrics, table, REASONS[signal], rejected);
  const messages = new Set(converted.map(({ errorMessage }) => errorMessage).filter((message) => message !== ''));
  return { rejected, errorMessage: [...messages].join('; ') };
}
