/** Not traced, logged or counted, like all of /debug: these requests would give away when an incident starts. */
export const CONDITIONS_PATH = '/debug/conditions';

/**
 * A fault that can be active in a service for a while. It and its implementations have names of ordinary application code,
 * because flame graphs and stack traces show them and must not give an incident away.
 */
export type Condition<Subject = unknown> = {
  /** @param variant selects a variant, such as the affected kind */
  start?(variant: number): void;
  stop?(): void;
  /** Called for each request or message while active; the request fails with what it throws. */
  meet?(subject: Subject): void | Promise<void>;
  /** Cleans up after `start`. */
  [Symbol.asyncDispose]?(): Promise<void>;
};

/** The longest duration and delay, in seconds. */
export const MAX_SECONDS = 3600;

export type Times = {
  /** The duration in seconds. */
  seconds: number;
  /** The delay in seconds. */
  after?: number;
  variant?: number;
};

/** Activates conditions for a while. They end with the process at the latest. */
export type Conditions<Subject, Name extends string = string> = {
  names: readonly Name[];
  /** If the condition is already active or scheduled, replaces its times. */
  start(name: Name, times: Times): { from: Date; until: Date };
  stop(name: Name): void;
  /** The end of an active one. */
  untilOf(name: Name): Date | undefined;
  /** Calls `meet` of each active condition, in the order of `names`. */
  meet(subject: Subject): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** @param onStop called when an active one ends */
export function createConditions<Subject, Name extends string>(
  conditions: Record<Name, Condition<Subject>>,
  onStop: (name: Name) => void = () => {},
): Conditions<Subject, Name> {
  const all = Object.entries(conditions) as [Name, Condition<Subject>][];
  const active = new Map<Name, Date>();
  const timers = new Map<Name, NodeJS.Timeout>();

  function begin(name: Name, until: Date, variant: number): void {
    timers.set(name, setTimeout(stop, until.getTime() - Date.now(), name));
    if (!active.has(name)) conditions[name].start?.(variant);
    active.set(name, until);
  }

  function stop(name: Name): void {
    clearTimeout(timers.get(name));
    timers.delete(name);
    if (!active.delete(name)) return;
    conditions[name].stop?.();
    onStop(name);
  }

  return {
    names: all.map(([name]) => name),
    start(name, { seconds, after = 0, variant = 0 }) {
      if (after > 0) stop(name);
      else clearTimeout(timers.get(name));
      const from = new Date(Date.now() + after * 1000);
      const until = new Date(from.getTime() + seconds * 1000);
      if (after === 0) begin(name, until, variant);
      else timers.set(name, setTimeout(begin, after * 1000, name, until, variant));
      return { from, until };
    },
    stop,
    untilOf: (name) => active.get(name),
    async meet(subject) {
      if (active.size === 0) return;
      for (const [name, condition] of all) if (active.has(name)) await condition.meet?.(subject);
    },
    async [Symbol.asyncDispose]() {
      for (const [name] of all) stop(name);
      for (const [, condition] of all) await condition[Symbol.asyncDispose]?.();
    },
  };
}
