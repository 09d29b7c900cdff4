import type { ServerSettings } from '@mythical/common/settings';
import { createGauge, METRIC_NAMES } from '@mythical/common/telemetry/metrics';
import type { Telemetry } from '@mythical/common/telemetry/start';
import type { BeastRepository } from './beast-repository.ts';
import { burnCpu } from './scenarios/cpu-burn.ts';
import { writeLogStorm } from './scenarios/log-storm.ts';
import { createMemoryLeak } from './scenarios/memory-leak.ts';
import { createQueueFlood } from './scenarios/queue-backlog.ts';
import { SLOW_QUERY_MS } from './scenarios/slow-database.ts';

/** Faults that are switched on for a while, each leaving its own trail in the signals. */
export const SCENARIOS = {
  'slow-database': 'each request waits for a slow query: long `pg.query` spans, a full connection pool',
  'error-burst': 'half of the requests fail, most of them handled by version 2.0.0',
  'cpu-burn': 'a third of the requests compute for 100 ms: one function dominates the CPU flame graph',
  'memory-leak': 'each request leaves memory behind: a growing function in the heap profile, up to 96 MiB',
  'log-storm': 'each request writes 50 log lines',
  'queue-backlog': 'a flood of messages that take the recorder long: the depth of the queue grows',
} as const;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as [ScenarioName, ...ScenarioName[]];

export type ScenarioState = {
  name: ScenarioName;
  description: string;
  active: boolean;
  /** When it ends by itself, as an ISO time; null while it is off. */
  until: string | null;
};

export type Scenarios = {
  list(): ScenarioState[];
  /** Switches a scenario on for a while; one that is on already gets the new end. */
  start(name: ScenarioName, seconds: number): ScenarioState;
  stop(name: ScenarioName): void;
  isActive(name: ScenarioName): boolean;
  /** Lets the present request suffer from what is on. */
  suffer(database: Pick<BeastRepository, 'sleep'>): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const CPU_BURN_SHARE = 1 / 3;

export function createScenarios(settings: ServerSettings, telemetry: Telemetry): Scenarios {
  const { logger, metrics } = telemetry;
  const memoryLeak = createMemoryLeak();
  const queueFlood = createQueueFlood(settings, telemetry);
  const active = new Map<ScenarioName, { until: Date; timer: NodeJS.Timeout }>();

  createGauge(metrics, {
    name: METRIC_NAMES.scenarioActive,
    help: '1 while a scenario is on, else 0',
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
    if (name === 'memory-leak') memoryLeak.release();
    if (name === 'queue-backlog') queueFlood.stop();
    logger.info('scenario ended', { scenario: name });
  }

  return {
    list: () => SCENARIO_NAMES.map(stateOf),
    start(name, seconds) {
      clearTimeout(active.get(name)?.timer);
      const timer = setTimeout(() => stop(name), seconds * 1000);
      active.set(name, { until: new Date(Date.now() + seconds * 1000), timer });
      if (name === 'queue-backlog') queueFlood.start();
      logger.warn('scenario started', { scenario: name, seconds });
      return stateOf(name);
    },
    stop,
    isActive: (name) => active.has(name),
    async suffer(database) {
      if (active.size === 0) return;
      if (active.has('memory-leak')) memoryLeak.leak();
      if (active.has('log-storm')) writeLogStorm(logger);
      if (active.has('cpu-burn') && Math.random() < CPU_BURN_SHARE) burnCpu();
      if (active.has('slow-database')) await database.sleep(SLOW_QUERY_MS);
    },
    async [Symbol.asyncDispose]() {
      for (const name of active.keys()) stop(name);
      await queueFlood[Symbol.asyncDispose]();
    },
  };
}
