import { type Condition, type Conditions, createConditions } from '@mythical/common/conditions';
import type { IncidentFault } from '@mythical/common/scenarios';
import type { RequesterSettings } from '@mythical/common/settings';
import { outletConditions } from '@mythical/common/telemetry/outlet';
import type { Telemetry } from '@mythical/common/telemetry/start';

/** A completed request that can be repeated. */
export type Answered = { again(): Promise<unknown> };

const REPEATS = 2;

/** Repeats requests that have been answered, and ignores the results. */
const repeatedRequests = (): Condition<Answered> => ({
  async meet({ again }) {
    for (let repeat = 0; repeat < REPEATS; repeat++) await again().catch(() => {});
  },
});

/** The requester's conditions, which apply to each action. */
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
