import { recall, remember } from '@mythical/ui/page/storage.ts';
import { createStore } from '@mythical/ui/page/store.ts';
import { useEffect } from 'react';

/** Reloads data every few seconds while the page is visible, and on demand. Rounds never overlap. */
const INTERVAL_MS = 5_000;
const KEY = 'lens.auto-refresh';

export const autoRefresh = createStore(recall(KEY) !== 'off');
const pollers = new Set<() => Promise<void>>();
let running: Promise<unknown> | undefined;

export async function refresh(): Promise<void> {
  running ??= Promise.all([...pollers].map((poll) => poll())).finally(() => {
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

/** Calls `poll` immediately, when it changes, and in each round. */
export function usePolling(poll: () => Promise<void>): void {
  useEffect(() => {
    void poll();
    pollers.add(poll);
    return () => {
      pollers.delete(poll);
    };
  }, [poll]);
}
