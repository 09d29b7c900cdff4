import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import pg from 'pg';

/** Runs something as if no request had asked for it: as at the time when this module is loaded. */
const outsideOfRequests = AsyncLocalStorage.snapshot();

type Connected = (error: Error) => void;

/** A connection serves many requests, so what its socket receives is not the doing of the one that opened it. */
class PooledClient extends pg.Client {
  override connect(): Promise<this>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected) {
    return outsideOfRequests(() => (callback ? super.connect(callback) : super.connect()));
  }
}

/**
 * A pool of connections that keeps requests apart: each goes on in its own asynchronous context, and so in its own trace.
 *
 * A request that has to wait gets its connection from the one that gives it back, and with pg's own pool it would also
 * get its context: its query would be a span in the trace of the other. The instrumentation prevents that only together
 * with spans of connecting, which we leave out.
 */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...config, Client: PooledClient });
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<pg.PoolClient>;
  const connectInContext = (callback?: (...args: unknown[]) => void) =>
    connect(callback && AsyncResource.bind(callback));
  return Object.assign(pool, { connect: connectInContext as pg.Pool['connect'] });
}
