import { recall, remember } from '@mythical/ui/page/storage.ts';
import { createStore } from '@mythical/ui/page/store.ts';
import { useEffect } from 'react';

/** Asks for new data every few seconds while the page is visible, one round after the other, and on demand. */
const INTERVAL_MS = 5_000;
const KEY = 'lens.auto-refresh';

export const autoRefresh = createStore(recall(KEY) !== 'off');
const askers = new Set<() => Promise<void>>();
let running: Promise<unknown> | undefined;

export async function refresh(): Promise<void> {
  running ??= Promise.all([...askers].map((ask) => ask())).finally(() => {
    running = undefined;
  });
  await running;
}

const refreshIfWatched = () => {
  if (autoRefresh.get() && !document.hidden) void refresh();
};
setInterval(refreshIfWatched, INTERVAL_MS);
document.addEventListener('visibilitychange', refreshIfWatched);

export function setAutoRefresh(on: boolean): void {
  remember(KEY, on ? 'on' : 'off');
  autoRefresh.update(() => on);
  if (on) void refresh();
}

/** Calls `ask` at once, when it changes, and in each round. */
export function useAsking(ask: () => Promise<void>): void {
  useEffect(() => {
    void ask();
    askers.add(ask);
    return () => {
      askers.delete(ask);
    };
  }, [ask]);
}
