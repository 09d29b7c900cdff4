import { SERIES } from './signals.ts';

/**
 * The application's objectives. They are loose on purpose: one in ten POSTs fails by design, yet a quiet sandbox meets all
 * three, and a minute of error-burst or slow-database breaks them. The numbers are those of
 * mimir/rules/anonymous/objectives.yaml, which records each result; tests/integration/rules-objectives.test.ts compares both.
 */
export type Objective = {
  /** The `slo` label of its series. */
  slo: 'availability' | 'latency' | 'freshness';
  name: string;
  promise: string;
  /** What is counted, and what makes an event bad. */
  events: 'Requests' | 'Messages';
  bad: string;
  /** Selectors of the counters: all events, and the good ones. */
  all: string[];
  good: string;
};

/** The share of events per day that must be good, from 0 to 1. */
export const TARGET = 0.95;

/** Each matches a bucket of its histogram: only there is it known exactly how many were faster. */
export const FAST_MS = 500;
export const FRESH_S = 10;

export const OBJECTIVES: Objective[] = [
  {
    slo: 'availability',
    name: 'Availability',
    promise: '95 % of requests are answered without a server error',
    events: 'Requests',
    bad: 'failed or were not answered',
    // The server counts the requests that it answered. The ones that it did not answer are counted by the requester.
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
    // Alloy writes the bucket bound as 500.0, the OpenTelemetry Collector as 500.
    good: `${SERIES.requestBuckets}{le=~"${FAST_MS}(\\\\.0)?"}`,
  },
  {
    slo: 'freshness',
    name: 'Freshness of recording',
    promise: `95 % of messages are recorded within ${FRESH_S} s`,
    events: 'Messages',
    bad: `were recorded more than ${FRESH_S} s after they were published`,
    all: [SERIES.recordingDelayCount],
    good: `${SERIES.recordingDelayBuckets}{le=~"${FRESH_S}(\\\\.0)?"}`,
  },
];

/** An alert checks two windows at once. mimir/rules/anonymous/objectives.yaml derives all burn rates. */
export const BURN_ALERTS = [
  { severity: 'page', rate: 2.88, long: '5m', short: '1m' },
  { severity: 'page', rate: 1.92, long: '15m', short: '3m' },
  { severity: 'ticket', rate: 1.2, long: '2h', short: '10m' },
] as const;

/** An alert needs this many events in its long window: one failure in four clicks is 25 %, and shouldn't page anyone. */
export const LEAST_EVENTS = 100;

export type Window = (typeof BURN_ALERTS)[number]['long' | 'short'];

/** The share of bad events, from 0 to 1, as recorded by Mimir's rules. */
export const badRatio = ({ slo }: Objective, window: Window) => `slo:sli_error:ratio_rate${window}{slo="${slo}"}`;

/** The number of events in the selected time range. A counter that is still at zero may have no series. */
export const allEvents = ({ all }: Objective) =>
  all.map((selector) => `(sum(increase(${selector}[$__range])) or vector(0))`).join(' + ');
export const goodEvents = ({ good }: Objective) => `(sum(increase(${good}[$__range])) or vector(0))`;

/** How fast the budget is used up: at 1, it lasts exactly as long as the objective allows. */
export const burnRate = (objective: Objective, window: Window) =>
  `${badRatio(objective, window)} / on (slo) slo:error_budget:ratio{slo="${objective.slo}"}`;

/** How much of a day's budget is left: 1 is all of it; below 0, the objective is missed. */
export const budgetLeft = ({ slo }: Objective) => `slo:period_error_budget_remaining:ratio{slo="${slo}"}`;
