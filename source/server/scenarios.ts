import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from '@mythical/common/scenarios';
import { createGauge, METRIC_NAMES } from '@mythical/common/telemetry/metrics';
import type { Release } from './releases.ts';
import type { Fault, FaultContext } from './scenarios/fault.ts';
import { createFaults } from './scenarios/registry.ts';

export type ScenarioState = {
  name: ScenarioName;
  description: string;
  active: boolean;
  /** The end, as an ISO 8601 time; null while the scenario is off. */
  until: string | null;
};

/** Runs faults for a limited time. Each leaves a distinct trail in the signals. */
export type Scenarios = {
  list(): ScenarioState[];
  /** Starts a scenario; if it is already running, resets its end. */
  start(name: ScenarioName, seconds: number): ScenarioState;
  stop(name: ScenarioName): void;
  /** Applies the active faults to the current request. */
  applyTo(release: Release): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export function createScenarios(context: FaultContext): Scenarios {
  const { logger, metrics } = context.telemetry;
  const faults = Object.entries(createFaults(context)) as [ScenarioName, Fault][];
  const faultOf = Object.fromEntries(faults) as Record<ScenarioName, Fault>;
  const active = new Map<ScenarioName, { until: Date; timer: NodeJS.Timeout }>();

  createGauge(metrics, {
    name: METRIC_NAMES.scenarioActive,
    help: '1 while the scenario is on, 0 otherwise',
    labelNames: ['scenario'],
    collect(gauge) {
      for (const name of SCENARIO_NAMES) gauge.set({ scenario: name }, active.has(name) ? 1 : 0);
    },
  });

  function stateOf(name: ScenarioName): ScenarioState {
    const until = active.get(name)?.until;
    return { name, description: SCENARIOS[name], active: until !== undefined, until: until?.toISOString() ?? null };
  }

  function stop(name: ScenarioName): void {
    const running = active.get(name);
    if (running === undefined) return;
    clearTimeout(running.timer);
    active.delete(name);
    faultOf[name].stop?.();
    logger.info('scenario ended', { scenario: name });
  }

  return {
    list: () => SCENARIO_NAMES.map(stateOf),
    start(name, seconds) {
      clearTimeout(active.get(name)?.timer);
      const timer = setTimeout(() => stop(name), seconds * 1000);
      active.set(name, { until: new Date(Date.now() + seconds * 1000), timer });
      faultOf[name].start?.();
      logger.warn('scenario started', { scenario: name, seconds });
      return stateOf(name);
    },
    stop,
    async applyTo(release) {
      if (active.size === 0) return;
      for (const [name, fault] of faults) if (active.has(name)) await fault.onRequest?.(release);
    },
    async [Symbol.asyncDispose]() {
      for (const name of active.keys()) stop(name);
      for (const [, fault] of faults) await fault[Symbol.asyncDispose]?.();
    },
  };
}
