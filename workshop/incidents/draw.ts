import { INCIDENT_FAULTS, type IncidentFault } from '@mythical/common/scenarios';
import type { ServiceKey } from '@mythical/common/services';
import { numbersOf } from '../random.ts';

/** A fault, its service, and its delay in seconds. */
export type Draw = { service: ServiceKey; cause: IncidentFault; after: number; variant: number };

const PAIRS = Object.entries(INCIDENT_FAULTS).flatMap(([service, causes]) =>
  causes.map((cause) => ({ service: service as ServiceKey, cause: cause as IncidentFault })),
);
const CAUSES = [...new Set(PAIRS.map(({ cause }) => cause))];

const SHARE_OF_TWO = 0.4;
/** Random, so that the time of the command doesn't give away the start. */
export const AFTER_SECONDS = { min: 30, max: 210 };

/** Two of these at once would look like one. */
const OF_THE_QUEUE = ['server queue-backlog', 'recorder slow-consumer', 'recorder traces-lost'];
/** A wrong clock shows in traces with spans of two services. */
const OF_TRACES = ['clock-off', 'traces-lost'];

/** One fault, or two in different services; a seed always gives the same ones. */
export function draw(seed: number): Draw[] {
  const random = numbersOf(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const drawn: Draw[] = [];
  const count = random() < SHARE_OF_TWO ? 2 : 1;
  while (drawn.length < count) {
    const cause = pick(CAUSES);
    const pair = pick(PAIRS.filter((pair) => pair.cause === cause));
    if (drawn.some((other) => clash(pair, other))) continue;
    const { min, max } = AFTER_SECONDS;
    drawn.push({ ...pair, after: min + Math.floor(random() * (max - min)), variant: Math.floor(random() * 1000) });
  }
  return drawn;
}

type Pair = Pick<Draw, 'service' | 'cause'>;
const clash = (one: Pair, other: Pair) =>
  one.service === other.service ||
  one.cause === other.cause ||
  [one, other].every(({ cause }) => OF_TRACES.includes(cause)) ||
  [one, other].every(({ service, cause }) => OF_THE_QUEUE.includes(`${service} ${cause}`));
