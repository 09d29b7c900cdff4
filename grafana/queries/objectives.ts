import { SERIES } from './signals.ts';

/**
 * What the application promises. Loose on purpose: one in ten POSTs fails by design, and yet a quiet sandbox keeps all
 * three; a minute of error-burst or slow-database does not. The numbers are those of mimir/rules/anonymous/objectives.yaml,
 * which records how each is kept; tests/integration/rules-objectives.test.ts holds the two together.
 */
export type Objective = {
  /** The label `slo` of its series. */
  slo: 'availability' | 'latency' | 'freshness';
  name: string;
  promise: string;
  /** What is counted, and what is wrong with the bad ones. */
  events: 'Requests' | 'Messages';
  bad: string;
  /** Selectors of the counters that all of them are in, and of the good ones. */
  all: string[];
  good: string;
};

/** The share that has to be good, 0 to 1, over a day. */
export const TARGET = 0.95;

/** Each is one of the buckets of its histogram: how many were faster is known exactly there, and only there. */
export const FAST_MS = 500;
export const FRESH_S = 10;

export const OBJECTIVES: Objective[] = [
  {
    slo: 'availability',
    name: 'Availability',
    promise: '95 % of requests are answered, and without a server error',
    events: 'Requests',
    bad: 'failed or were not answered',
    // The server counts what it answered; what it did not, only who asked: the requester.
    all: [SERIES.requestCount, `${SERIES.actions}{outcome="unanswered"}`],
    good: `${SERIES.requestCount}{status!~"5.."}`,
  },
  {
    slo: 'latency',
    name: 'Latency',
    promise: `95 % of requests are answered within ${FAST_MS} ms`,
    events: 'Requests',
    bad: `took longer than ${FAST_MS} ms`,
    all: [SERIES.requestCount],
    // Alloy writes the bound as 500.0, the OpenTelemetry Collector as 500.
    good: `${SERIES.requestBuckets}{le=~"${FAST_MS}(\\\\.0)?"}`,
  },
  {
    slo: 'freshness',
    name: 'Freshness of recording',
    promise: `95 % of messages are recorded within ${FRESH_S} s`,
    events: 'Messages',
    bad: `were recorded later than ${FRESH_S} s after they had been published`,
    all: [SERIES.recordingDelayCount],
    good: `${SERIES.recordingDelayBuckets}{le=~"${FRESH_S}(\\\\.0)?"}`,
  },
];

/** An alert asks two windows at once. All burn rates: mimir/rules/anonymous/objectives.yaml, where they are derived. */
export const BURN_ALERTS = [
  { severity: 'page', rate: 2.88, long: '5m', short: '1m' },
  { severity: 'page', rate: 1.92, long: '15m', short: '3m' },
  { severity: 'ticket', rate: 1.2, long: '2h', short: '10m' },
] as const;

/** An alert needs this many events in its long window: one failure in four clicks is 25 %, and shouldn't page anyone. */
export const LEAST_EVENTS = 100;

export type Window = (typeof BURN_ALERTS)[number]['long' | 'short'];

/** The share of bad ones, 0 to 1, as Mimir's rules record it. */
export const badRatio = ({ slo }: Objective, window: Window) => `slo:sli_error:ratio_rate${window}{slo="${slo}"}`;

/** How many there were in the chosen time. A counter that has counted nothing yet may have no series. */
export const allEvents = ({ all }: Objective) =>
  all.map((selector) => `(sum(increase(${selector}[$__range])) or vector(0))`).join(' + ');
export const goodEvents = ({ good }: Objective) => `(sum(increase(${good}[$__range])) or vector(0))`;

/** How fast the budget is used up: 1 is just what the objective allows. */
export const burnRate = (objective: Objective, window: Window) =>
  `${badRatio(objective, window)} / on (slo) slo:error_budget:ratio{slo="${objective.slo}"}`;

/** How much of the budget of a day is left: 1 is all of it; below 0 the objective is missed. */
export const budgetLeft = ({ slo }: Objective) => `slo:period_error_budget_remaining:ratio{slo="${slo}"}`;
