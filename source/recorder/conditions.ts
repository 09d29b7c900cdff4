import { setTimeout as sleep } from 'node:timers/promises';
import { type Condition, type Conditions, createConditions } from '@mythical/common/conditions';
import type { IncidentFault } from '@mythical/common/scenarios';
import type { RecorderSettings } from '@mythical/common/settings';
import { outletConditions } from '@mythical/common/telemetry/outlet';
import type { Telemetry } from '@mythical/common/telemetry/start';

/** With it, twenty messages at once are fewer in a second than come in. */
const SLOW_MS = 3_000;

const slowWork = (): Condition => ({ meet: () => sleep(SLOW_MS) });

/** What the recorder can be made to suffer from with each message. */
export const createRecorderConditions = (
  { INCIDENTS }: Pick<RecorderSettings, 'INCIDENTS'>,
  { outlet }: Pick<Telemetry, 'outlet'>,
): Conditions<void> | undefined =>
  INCIDENTS
    ? createConditions<void, IncidentFault<'recorder'>>({ ...outletConditions(outlet), 'slow-consumer': slowWork() })
    : undefined;
