/** The faults that can be switched on at run time: names, and what they do to the application. */
export const SCENARIOS = {
  'slow-database': 'each request waits for a slow query: long `pg.query` spans, a full connection pool',
  'error-burst': 'half of the requests fail, most of them handled by version 2.0.0',
  'cpu-burn': 'a third of the requests compute for 100 ms: one function dominates the CPU flame graph',
  'memory-leak': 'each request leaks memory, up to 96 MiB: one function grows in the heap profile',
  'log-storm': 'each request writes 50 log lines',
  'queue-backlog': 'a flood of messages that the recorder is slow to process: the queue grows',
} as const;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as [ScenarioName, ...ScenarioName[]];
