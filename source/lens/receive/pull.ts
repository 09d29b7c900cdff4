import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@mythical/common/error-message';
import { splitCredentials } from '@mythical/common/url-credentials';
import type { Target } from '../config.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { Store } from '../store/store.ts';
import { now } from './otlp-values.ts';
import { MAX_PAYLOAD_BYTES } from './payload.ts';

export type PullOptions = {
  targets: readonly Target[];
  intervalMs: number;
  store: Pick<Store, 'append'>;
  metrics: Pick<SelfMetrics, 'scrapeFailures'>;
  announce: (message: string) => void;
};

/** @param time of the pull's start, in microseconds */
type Pull = (target: Target, stopped: AbortSignal, time: bigint) => Promise<void>;

/**
 * Calls `pull` for each target now and on every interval. Targets are independent, so that a slow one doesn't delay the
 * others. If a pull takes longer than the interval, the next one follows immediately. Reports a target's first failure
 * and its recovery, not every failure.
 *
 * @param what a word for messages @param pull must stop when the signal aborts
 */
export function pullRegularly(
  { targets, intervalMs, metrics, announce }: PullOptions,
  what: string,
  pull: Pull,
  onFailure?: (target: Target, time: bigint) => void,
): AsyncDisposable {
  const stop = new AbortController();
  const failing = new Set<Target>();

  async function pullOnce(target: Target): Promise<void> {
    const time = now();
    try {
      await pull(target, stop.signal, time);
      if (failing.delete(target)) announce(`lens: ${what} of ${target.name} recovered`);
    } catch (error) {
      if (stop.signal.aborted) return;
      metrics.scrapeFailures.inc({ target: target.name });
      onFailure?.(target, time);
      if (failing.has(target)) return;
      failing.add(target);
      announce(`lens: ${what} of ${target.name} (${shown(target.url)}) failed: ${messageOf(error)}`);
    }
  }

  const loops = targets.map(async (target) => {
    while (!stop.signal.aborted) {
      const startedAt = performance.now();
      await pullOnce(target);
      const pauseMs = Math.max(0, intervalMs - (performance.now() - startedAt));
      await delay(pauseMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

/**
 * @param address may contain a user and password @throws {Error} on a non-2xx status, a timeout, or a body larger than
 * a push may be. The message never contains the URL.
 */
export async function fetchBody(
  address: string,
  { headers = {}, timeoutMs, stopped }: { headers?: Record<string, string>; timeoutMs: number; stopped: AbortSignal },
): Promise<{ body: Buffer; contentType: string }> {
  const { url, headers: credentials } = splitCredentials(address);
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
  const response = await fetch(url, { headers: { ...headers, ...credentials }, signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_PAYLOAD_BYTES) throw new Error(`more than ${MAX_PAYLOAD_BYTES} bytes`);
    parts.push(part);
  }
  return { body: Buffer.concat(parts), contentType: response.headers.get('content-type') ?? '' };
}

/** Removes possible secrets: user, password and query. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
