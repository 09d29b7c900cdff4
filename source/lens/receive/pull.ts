import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@mythical/common/error-message';
import { splitCredentials } from '@mythical/common/url-credentials';
import type { Target } from '../config.ts';
import { MAX_PAYLOAD_BYTES } from './payload.ts';

/**
 * Calls `pull` for each target now and on every interval. Targets are independent, so that a slow one doesn't delay the
 * others. If a pull takes longer than the interval, the next one follows immediately.
 *
 * @param pull must not reject, and must stop when the signal aborts
 */
export function pullRegularly(
  targets: readonly Target[],
  intervalMs: number,
  pull: (target: Target, stopped: AbortSignal) => Promise<void>,
): AsyncDisposable {
  const stop = new AbortController();
  const loops = targets.map(async (target) => {
    while (!stop.signal.aborted) {
      const startedAt = performance.now();
      await pull(target, stop.signal);
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

/** Reports a target's first failure and its recovery, not every failure. */
export function createFailureLog(announce: (message: string) => void) {
  const failing = new Set<string>();
  return {
    failed(target: Target, what: string, error: unknown) {
      if (failing.has(target.name)) return;
      failing.add(target.name);
      announce(`lens: ${what} of ${target.name} (${shown(target.url)}) failed: ${messageOf(error)}`);
    },
    succeeded(target: Target, what: string) {
      if (failing.delete(target.name)) announce(`lens: ${what} of ${target.name} recovered`);
    },
  };
}

/** Removes possible secrets: user, password and query. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
