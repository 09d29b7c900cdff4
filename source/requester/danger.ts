const WINDOW_MS = 30_000;

/** The total danger of the requests in the last 30 s. */
export function createDanger(now: () => number = Date.now) {
  let recent: { at: number; danger: number }[] = [];
  const forget = () => {
    const oldest = now() - WINDOW_MS;
    recent = recent.filter(({ at }) => at >= oldest);
  };
  return {
    add(danger: number): void {
      forget();
      recent.push({ at: now(), danger });
    },
    level(): number {
      forget();
      return recent.reduce((sum, { danger }) => sum + danger, 0);
    },
  };
}
