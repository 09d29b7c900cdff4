import { setTimeout as sleep } from 'node:timers/promises';
import { type Condition, type Conditions, createConditions } from '@mythical/common/conditions';
import type { IncidentFault } from '@mythical/common/scenarios';
import type { RecorderSettings } from '@mythical/common/settings';
import { outletConditions } from '@mythical/common/telemetry/outlet';
import type { Telemetry } from '@mythical/common/telemetry/start';

/** Too slow for the usual traffic, even with 20 messages at a time. */
const SLOW_MS = 3_000;

const slowWork = (): Condition => ({ meet: () => sleep(SLOW_MS) });

/** The recorder's conditions, which apply to each message. */
export const createRecorderConditions = (
  { INCIDENTS }: Pick<RecorderSettings, 'INCIDENTS'>,
  { outlet }: Pick<Telemetry, 'outlet'>,
): Conditions<void> | undefined =>
  INCIDENTS
    ? createConditions<void, IncidentFault<'recorder'>>({ ...outletConditions(outlet), 'slow-consumer': slowWork() })
    : undefined;
