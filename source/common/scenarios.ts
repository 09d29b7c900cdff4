import type { ServiceKey } from './services.ts';

/** The faults that can be switched on at run time: names, and what they do to the application. */
export const SCENARIOS = {
  'slow-database': 'each request waits for a slow query: long `pg.query` spans, a full connection pool',
  'error-burst': 'half of the requests fail, most of them handled by version 2.0.0',
  'cpu-burn': 'a third of the requests compute for 100 ms: one function dominates the CPU flame graph',
  'memory-leak': 'each request leaks memory, up to 96 MiB: one function grows in the heap profile',
  'log-storm': 'each request writes 50 log lines',
  'queue-backlog': 'a flood of messages that the recorder is slow to process: the queue grows',
} as const;

/** Faults in the signals of any service: telemetry/outlet.ts. */
const OF_SIGNALS = ['clock-off', 'traces-lost', 'logs-lost'] as const;

/** The faults that `npm run incident` can hide in each service. */
export const INCIDENT_FAULTS = {
  server: [
    ...(Object.keys(SCENARIOS) as ScenarioName[]),
    'connection-leak',
    'n-plus-one',
    'bad-release',
    ...OF_SIGNALS,
  ],
  recorder: ['slow-consumer', ...OF_SIGNALS],
  requester: ['repeated-requests', ...OF_SIGNALS],
} as const satisfies Record<ServiceKey, readonly string[]>;

export type IncidentFault<Service extends ServiceKey = ServiceKey> = (typeof INCIDENT_FAULTS)[Service][number];

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as [ScenarioName, ...ScenarioName[]];
