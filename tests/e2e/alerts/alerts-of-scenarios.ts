import type { ScenarioName } from '@mythical/common/scenarios';

export type Raised = {
  /** The alert for this scenario. */
  alert: string;
  severity: 'page' | 'ticket';
  service: string;
};

/** The alert that each scenario raises; docs/runbooks.md has the same table. */
export const ALERTS_OF_SCENARIOS: Record<ScenarioName, Raised> = {
  'slow-database': { alert: 'ServerLatencyBudgetBurn', severity: 'page', service: 'mythical-server' },
  'error-burst': { alert: 'ServerAvailabilityBudgetBurn', severity: 'page', service: 'mythical-server' },
  'cpu-burn': { alert: 'EventLoopBlocked', severity: 'ticket', service: 'mythical-server' },
  'memory-leak': { alert: 'HeapFilling', severity: 'ticket', service: 'mythical-server' },
  'log-storm': { alert: 'LogStorm', severity: 'ticket', service: 'mythical-server' },
  'queue-backlog': { alert: 'RecordingFreshnessBudgetBurn', severity: 'page', service: 'mythical-recorder' },
};
