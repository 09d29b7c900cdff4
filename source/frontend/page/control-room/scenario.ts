/** A scenario, as `GET /scenarios` returns it. */
export type Scenario = {
  name: string;
  description: string;
  active: boolean;
  /** ISO 8601 time; null while off. */
  until: string | null;
};

/** The remaining time in whole seconds; 0 if it is over. */
export function secondsLeft({ active, until }: Scenario, now: number): number {
  if (!active || until === null) return 0;
  return Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
}

export function isOn(scenario: Scenario, now: number): boolean {
  return secondsLeft(scenario, now) > 0;
}

/** `0:42`, `12:05` */
export function formatCountdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The expected state before the server confirms it. */
export function switched(scenario: Scenario, seconds: number, now: number): Scenario {
  return { ...scenario, active: seconds > 0, until: seconds > 0 ? new Date(now + seconds * 1000).toISOString() : null };
}
