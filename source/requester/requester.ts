import { openQueue } from '@mythical/common/queue/open';
import { serve } from '@mythical/common/service';
import { serviceConditions } from '@mythical/common/service-conditions';
import type { RequesterSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { createActions } from './actions.ts';
import { type Answered, repeatedRequests } from './conditions.ts';
import { createServerClient } from './server-client.ts';
import { startTraffic } from './traffic.ts';

/** Generates traffic: requests to the server, and a message for each response. */
export async function startRequester(
  settings: RequesterSettings,
  telemetry: Telemetry,
  resources: AsyncDisposableStack,
): Promise<void> {
  const queue = resources.use(await openQueue(settings, telemetry));
  const server = createServerClient(settings.MYTHICAL_SERVER_URL);
  const repeated = { 'repeated-requests': repeatedRequests() };
  const conditions = resources.use(serviceConditions<'requester', Answered>(settings, telemetry, repeated));
  // Readiness doesn't depend on the server: if it is unreachable, the signals show that, and the requester keeps trying.
  resources.use(await serve({ checks: { queue: queue.check }, conditions }, telemetry, settings));
  const actions = createActions({ server, queue, telemetry, meetConditions: conditions?.meet });
  resources.use(startTraffic(actions, settings.REQUESTER_LOOPS));
}
