import { createConditions } from '@mythical/common/conditions';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from '@mythical/common/scenarios';
import { createGauge, METRIC_NAMES } from '@mythical/common/telemetry/metrics';
import type { ConditionContext, Meeting } from './conditions/condition.ts';
import { openConditions } from './conditions/registry.ts';

export type ScenarioState = {
  name: ScenarioName;
  description: string;
  active: boolean;
  /** The end, as an ISO 8601 time; null while the scenario is off. */
  until: string | null;
};

export type Scenarios = ReturnType<typeof createScenarios>;

/** Runs faults for a limited time. Each leaves a distinct trail in the signals. */
export function createScenarios(context: ConditionContext) {
  const { logger, metrics } = context.telemetry;
  const conditions = createConditions<Meeting, ScenarioName>(openConditions(context), (name) =>
    logger.info('scenario ended', { scenario: name }),
  );

  createGauge(metrics, {
    name: METRIC_NAMES.scenarioActive,
    help: '1 while the scenario is on, 0 otherwise',
    labelNames: ['scenario'],
    collect(gauge) {
      for (const name of SCENARIO_NAMES) gauge.set({ scenario: name }, conditions.untilOf(name) ? 1 : 0);
    },
  });

  function stateOf(name: ScenarioName): ScenarioState {
    const until = conditions.untilOf(name);
    return { name, description: SCENARIOS[name], active: until !== undefined, until: until?.toISOString() ?? null };
  }

  return {
    ...conditions,
    list: () => SCENARIO_NAMES.map(stateOf),
    /** Starts a scenario; if it is already running, resets its end. */
    start(name: ScenarioName, seconds: number): ScenarioState {
      conditions.start(name, { seconds });
      logger.warn('scenario started', { scenario: name, seconds });
      return stateOf(name);
    },
  };
}
