import type { Condition } from '@mythical/common/conditions';
import type { Database } from '@mythical/common/database';
import type { ServerSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import type { BeastRepository } from '../beast-repository.ts';
import type { Release } from '../releases.ts';

/** A request to `/:beast`, before it is handled. */
export type Meeting = { release: Release; method: string; kind: string };

/** A condition of the server. Each one has a file in this folder. */
export type ServerCondition = Condition<Meeting>;

export type ConditionContext = {
  settings: ServerSettings;
  telemetry: Telemetry;
  database: Pick<Database, 'connect'>;
  repository: Pick<BeastRepository, 'sleep' | 'list' | 'find'>;
};
