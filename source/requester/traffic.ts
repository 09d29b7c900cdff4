import { setTimeout as sleep } from 'node:timers/promises';
import type { SpanContext } from '@opentelemetry/api';
import type { Actions } from './actions.ts';

/** Every minute, traffic increases for a while by this factor, to make graphs more interesting. */
const BURST_EVERY_MS = 60_000;
const BURST_LENGTH_MS = 12_000;
const BURST_FACTOR = 5;

const MIN_PAUSE_MS = 150;
const MAX_PAUSE_MS = 850;

/** Backoff while the server is unavailable: doubles up to the maximum. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;

/** The pause after an action, in ms. */
export function pauseAt(now: number, random: () => number = Math.random): number {
  const pause = MIN_PAUSE_MS + random() * (MAX_PAUSE_MS - MIN_PAUSE_MS);
  return now % BURST_EVERY_MS < BURST_LENGTH_MS ? pause / BURST_FACTOR : pause;
}

/** Runs concurrent loops of actions until disposed; then lets running actions finish. */
export function startTraffic(actions: Actions, loops: number): AsyncDisposable {
  const stopping = new AbortController();
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});

  async function loop(): Promise<void> {
    let previous: SpanContext | undefined;
    let retry = FIRST_RETRY_MS;
    await pause(Math.random() * MAX_PAUSE_MS);
    while (!stopping.signal.aborted) {
      const { span, answered } = await actions.act(previous);
      previous = span;
      await pause(answered ? pauseAt(Date.now()) : retry);
      retry = answered ? FIRST_RETRY_MS : Math.min(retry * 2, LAST_RETRY_MS);
    }
  }

  const running = Promise.all(Array.from({ length: loops }, loop));
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
