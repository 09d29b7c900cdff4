const WINDOW_MS = 30_000;

export type Danger = {
  add(danger: number): void;
  /** The total danger of the requests in the last 30 s. */
  level(): number;
};

export function createDanger(now: () => number = Date.now): Danger {
  let recent: { at: number; danger: number }[] = [];
  const forget = () => {
    const oldest = now() - WINDOW_MS;
    if (recent[0] !== undefined && recent[0].at < oldest) recent = recent.filter(({ at }) => at >= oldest);
  };
  return {
    add(danger) {
      forget();
      recent.push({ at: now(), danger });
    },
    level() {
      forget();
      return recent.reduce((sum, { danger }) => sum + danger, 0);
    },
  };
}
