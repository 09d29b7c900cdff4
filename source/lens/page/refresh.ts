/** Asks again every few seconds while the page is seen, one round after the other, and at once when asked to. */
export type Refreshing = { now(): Promise<void>; setAutomatic(on: boolean): void };

const INTERVAL_MS = 5_000;

export function startRefreshing(refresh: () => Promise<unknown>): Refreshing {
  let automatic = true;
  let running: Promise<void> | undefined;

  const now = () => {
    running ??= refresh()
      .then(() => {})
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  setInterval(() => {
    if (automatic && !document.hidden) void now();
  }, INTERVAL_MS);
  document.addEventListener('visibilitychange', () => {
    if (automatic && !document.hidden) void now();
  });

  return {
    now,
    setAutomatic(on) {
      automatic = on;
      if (on) void now();
    },
  };
}
