import type { ScenarioName } from '@mythical/common/scenarios';
import { serviceConditions } from '@mythical/common/service-conditions';
import { brokenBestiary, newBestiary } from './bestiary.ts';
import type { ConditionContext, Meeting, ServerCondition } from './condition.ts';
import { keptConnections } from './connections.ts';
import { eachInDetail } from './details.ts';
import { pastBeasts } from './past-beasts.ts';
import { ranking } from './ranking.ts';
import { scales } from './scales.ts';
import { synchronization } from './sync.ts';
import { watch } from './watch.ts';

/** In the order in which they apply to a request. The one that fails it is last. */
export const openConditions = (context: ConditionContext): Record<ScenarioName, ServerCondition> => ({
  'memory-leak': pastBeasts(),
  'log-storm': watch(context),
  'cpu-burn': scales(),
  'slow-database': ranking(context),
  'queue-backlog': synchronization(context),
  'error-burst': brokenBestiary(),
});

/** A second instance of each, and those that only incidents have: hidden faults are independent of scenarios. */
export const createHiddenConditions = (context: ConditionContext) =>
  serviceConditions<'server', Meeting>(context.settings, context.telemetry, {
    'connection-leak': keptConnections(context),
    'n-plus-one': eachInDetail(context),
    'bad-release': newBestiary(context),
    ...openConditions(context),
  });
