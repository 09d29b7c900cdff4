import type { ScenarioName } from '@mythical/common/scenarios';
import { cpuBurn } from './cpu-burn.ts';
import { errorBurst } from './error-burst.ts';
import type { Fault, FaultContext } from './fault.ts';
import { logStorm } from './log-storm.ts';
import { memoryLeak } from './memory-leak.ts';
import { queueBacklog } from './queue-backlog.ts';
import { slowDatabase } from './slow-database.ts';

/** All faults, in the order in which they apply to a request. The one that fails the request comes last. */
export const createFaults = (context: FaultContext): Record<ScenarioName, Fault> => ({
  'memory-leak': memoryLeak(),
  'log-storm': logStorm(context),
  'cpu-burn': cpuBurn(),
  'slow-database': slowDatabase(context),
  'queue-backlog': queueBacklog(context),
  'error-burst': errorBurst(),
});
