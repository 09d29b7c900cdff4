import type { PoolClient } from 'pg';
import type { ConditionContext, ServerCondition } from './condition.ts';

const SHARE_OF_REQUESTS = 0.2;

/** Requests take connections from the pool and never return them, until none is left and all others time out. */
export function keptConnections({
  database,
  settings,
}: Pick<ConditionContext, 'database' | 'settings'>): ServerCondition {
  const kept = new Set<PoolClient>();
  let isOn = false;
  let asked = 0;

  async function keepConnection(): Promise<void> {
    asked++;
    try {
      const client = await database.connect();
      // If Postgres restarts, a broken connection must not crash the process.
      client.on('error', () => {});
      if (isOn) kept.add(client);
      else client.release(true);
    } finally {
      asked--;
    }
  }

  return {
    start() {
      isOn = true;
    },
    stop() {
      isOn = false;
      for (const client of kept) client.release(true);
      kept.clear();
    },
    async meet() {
      if (kept.size + asked < settings.POSTGRES_POOL_SIZE && Math.random() < SHARE_OF_REQUESTS) await keepConnection();
    },
  };
}
