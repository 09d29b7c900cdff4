/** Not traced, logged or counted, as all of /debug is not: who looks for an incident must not find its beginning here. */
export const CONDITIONS_PATH = '/debug/conditions';

/**
 * What a service can be made to suffer from for a while. The names here and of what implements them are those of ordinary
 * application code: they show in flame graphs and stack traces, where they must not give away an incident.
 */
export type Condition<Subject = unknown> = {
  /** @param variant picks one of several ways, such as the kind that it is about */
  start?(variant: number): void;
  stop?(): void;
  /** Runs for each request or message while it is on; what it throws becomes the outcome. */
  meet?(subject: Subject): void | Promise<void>;
  /** Ends what `start` began. */
  [Symbol.asyncDispose]?(): Promise<void>;
};

export type Times = {
  /** How long it lasts, in seconds. */
  seconds: number;
  /** How long until it begins, in seconds. */
  after?: number;
  variant?: number;
};

/** Switches conditions on for a while. They end with the process, whatever happens. */
export type Conditions<Subject, Name extends string = string> = {
  names: readonly Name[];
  /** One that is on, or is going to be, gets the new times. */
  start(name: Name, times: Times): { from: Date; until: Date };
  stop(name: Name): void;
  /** When one that is on ends. */
  untilOf(name: Name): Date | undefined;
  /** Applies those that are on, in the order of their names. */
  meet(subject: Subject): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** @param onStop is told of each one that ends after it began */
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
