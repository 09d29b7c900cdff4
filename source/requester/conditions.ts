import { type Condition, type Conditions, createConditions } from '@mythical/common/conditions';
import type { IncidentFault } from '@mythical/common/scenarios';
import type { RequesterSettings } from '@mythical/common/settings';
import { outletConditions } from '@mythical/common/telemetry/outlet';
import type { Telemetry } from '@mythical/common/telemetry/start';

/** A request that was answered, which can be made once more. */
export type Answered = { again(): Promise<unknown> };

const REPEATS = 2;

/** Requests are repeated although they were answered. What becomes of them then counts for nothing. */
const repeatedRequests = (): Condition<Answered> => ({
  async meet({ again }) {
    for (let repeat = 0; repeat < REPEATS; repeat++) await again().catch(() => {});
  },
});

/** What the requester can be made to suffer from with each action. */
export const createRequesterConditions = (
  { INCIDENTS }: Pick<RequesterSettings, 'INCIDENTS'>,
  { outlet }: Pick<Telemetry, 'outlet'>,
): Conditions<Answered> | undefined =>
  INCIDENTS
    ? createConditions<Answered, IncidentFault<'requester'>>({
        ...outletConditions(outlet),
        'repeated-requests': repeatedRequests(),
      })
    : undefined;
