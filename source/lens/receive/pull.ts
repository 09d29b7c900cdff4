import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@mythical/common/error-message';
import { splitCredentials } from '@mythical/common/url-credentials';
import type { Target } from '../config.ts';
import { MAX_PAYLOAD_BYTES } from './payload.ts';

/**
 * Calls `pull` for each target at once and then on every interval, each target by itself, so that a slow one doesn't
 * hold up the others. A pull that takes longer than the interval is followed by the next without a pause.
 *
 * @param pull must not reject, and must stop when the signal says so
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
 * @param address which may have a user and password in it
 * @throws {Error} on a status other than 2xx, a time-out, and a body that is larger than a push may be; its message has no URL
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
    throw new Error(`it answered ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_PAYLOAD_BYTES) throw new Error(`it answered with more than ${MAX_PAYLOAD_BYTES} bytes`);
    parts.push(part);
  }
  return { body: Buffer.concat(parts), contentType: response.headers.get('content-type') ?? '' };
}

/** Says what goes wrong with a target once, until it goes right again: not on every interval. */
export function createFailureLog(announce: (message: string) => void) {
  const failing = new Set<string>();
  return {
    failed(target: Target, what: string, error: unknown) {
      if (failing.has(target.name)) return;
      failing.add(target.name);
      announce(`lens: ${what} of ${target.name} (${shown(target.url)}) fails: ${messageOf(error)}`);
    },
    succeeded(target: Target, what: string) {
      if (failing.delete(target.name)) announce(`lens: ${what} of ${target.name} works again`);
    },
  };
}

/** Without what may be a secret: a user and password, and a token in the query. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
