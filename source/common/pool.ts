import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import pg from 'pg';

/** Runs a function outside of any request, in the async context of this module's import. */
const outsideOfRequests = AsyncLocalStorage.snapshot();

type Connected = (error: Error) => void;

/** Many requests share a connection, so its socket must not run in the context of the first one. */
class PooledClient extends pg.Client {
  override connect(): Promise<this>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected) {
    return outsideOfRequests(() => (callback ? super.connect(callback) : super.connect()));
  }
}

/**
 * A connection pool that keeps requests apart: each continues in its own async context, and so in its own trace.
 *
 * With pg's own pool, a request that waits for a connection continues in the context of the request that releases it,
 * so that its query would appear in the wrong trace. The pg instrumentation only fixes this if it creates spans for
 * connecting, which we turn off.
 */
export function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...config, Client: PooledClient });
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<pg.PoolClient>;
  const connectInContext = (callback?: (...args: unknown[]) => void) =>
    connect(callback && AsyncResource.bind(callback));
  return Object.assign(pool, { connect: connectInContext as pg.Pool['connect'] });
}
