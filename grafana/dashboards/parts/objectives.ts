import { SERIES } from './signals.ts';

/**
 * What the server promises. Loose on purpose: one in ten POSTs fails by design, and yet a quiet sandbox keeps both; a
 * minute of error-burst or slow-database does not.
 */
export type Objective = {
  name: string;
  promise: string;
  /** The share of requests that have to be good, 0 to 1. */
  target: number;
  /** Selectors of the counters of all requests, and of the good ones. */
  all: string;
  good: string;
};

/** One of the buckets of the histogram: how many were faster is known exactly there, and only there. */
export const FAST_MS = 500;

export const OBJECTIVES: Objective[] = [
  {
    name: 'Availability',
    promise: '95 % of requests are answered without a server error',
    target: 0.95,
    all: SERIES.requestCount,
    good: `${SERIES.requestCount}{status!~"5.."}`,
  },
  {
    name: 'Latency',
    promise: `99 % of requests are answered within ${FAST_MS} ms`,
    target: 0.99,
    all: SERIES.requestCount,
    // Alloy writes the bound as 500.0, the OpenTelemetry Collector as 500.
    good: `${SERIES.requestBuckets}{le=~"${FAST_MS}(\\\\.0)?"}`,
  },
];

/** The share of bad requests, 0 to 1. */
export const badRatio = ({ all, good }: Objective, window: string) =>
  `1 - sum(rate(${good}[${window}])) / sum(rate(${all}[${window}]))`;

/** How fast the budget is used up: 1 is just what the objective allows, 14 eats the budget of a month in two days. */
export const burnRate = (objective: Objective, window: string) =>
  `(${badRatio(objective, window)}) / ${round(1 - objective.target)}`;

/** How much of the budget is left in the window: 1 is all of it; below 0 the objective is missed. */
export const budgetLeft = (objective: Objective, window: string) => `1 - ${burnRate(objective, window)}`;

const round = (value: number) => Number(value.toFixed(6));
