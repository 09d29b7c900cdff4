import { openQueue } from '@mythical/common/queue/open';
import { serve } from '@mythical/common/service';
import type { RequesterSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { createActions } from './actions.ts';
import { createRequesterConditions } from './conditions.ts';
import { createServerClient } from './server-client.ts';
import { startTraffic } from './traffic.ts';

/** Makes traffic: requests to the server, and a message for each that was answered. */
export async function startRequester(
  settings: RequesterSettings,
  telemetry: Telemetry,
  resources: AsyncDisposableStack,
): Promise<void> {
  const queue = resources.use(await openQueue(settings, telemetry));
  const server = createServerClient(settings.MYTHICAL_SERVER_URL);
  const conditions = resources.use(createRequesterConditions(settings, telemetry));
  // Not the server: a requester that can't reach it says so in its signals, and goes on trying.
  resources.use(await serve({ checks: { queue: queue.check }, conditions }, telemetry, settings));
  const actions = createActions({ server, queue, telemetry, meetConditions: conditions?.meet });
  resources.use(startTraffic(actions, settings.REQUESTER_LOOPS));
}
