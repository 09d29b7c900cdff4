import assert from 'node:assert/strict';
import { closing } from './closing.ts';
import { type RunningService, type Sandbox, startSandbox } from './sandbox.ts';
import { until } from './until.ts';
import { shared } from './use-started.ts';

/** The services after some traffic through all three: the requester has stopped, and everything that it caused has arrived. */
export type Traffic = AsyncDisposable & { sandbox: Sandbox; server: RunningService; recorder: RunningService };

/** Each begins with an action that doesn't follow another one. */
export const LOOPS = 8;

async function startTraffic(): Promise<Traffic> {
  await using resources = new AsyncDisposableStack();
  const sandbox = resources.use(await startSandbox());
  const server = await sandbox.start('server', { ALWAYS_SUCCEED: 'false' });
  const recorder = await sandbox.start('recorder');
  const address = { MYTHICAL_SERVER_URL: server.url };
  const requester = await sandbox.start('requester', { ...address, REQUESTER_LOOPS: String(LOOPS) });
  await until(async () => (await sandbox.lens.summary()).spans > 1200, { timeoutMs: 40_000 });
  // When stopped in this order, everything in flight arrives, so the signals can be counted exactly.
  assert.equal((await requester.stop()).code, 0);
  await until(async () => {
    const [count] = await sandbox.rows<{ sent: number; done: number }>(
      `select count(*) filter (kind = 'producer') as sent, count(*) filter (kind = 'consumer') as done from spans`,
    );
    return count!.sent === count!.done;
  });
  return closing(resources, { sandbox, server, recorder });
}

export const useTraffic = shared(startTraffic);
