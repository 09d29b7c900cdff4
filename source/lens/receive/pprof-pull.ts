import type { Target } from '../config.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { Store } from '../store/store.ts';
import { decodePprof, profileRows } from './pprof.ts';
import { createFailureLog, fetchBody, pullRegularly } from './pull.ts';

export type PprofPullOptions = {
  /** Base URLs of `/profile` and `/heap`. */
  targets: readonly Target[];
  intervalMs: number;
  store: Pick<Store, 'append'>;
  metrics: Pick<SelfMetrics, 'scrapeFailures'>;
  announce: (message: string) => void;
};

/** Added to the profile's duration, in ms. */
const GRACE_MS = 10_000;
const MAX_PROFILE_SECONDS = 10;

/** Fetches a CPU and a heap profile from each target on every interval, until disposed. */
export function startPprofPull({ targets, intervalMs, store, metrics, announce }: PprofPullOptions): AsyncDisposable {
  const log = createFailureLog(announce);
  const seconds = Math.min(MAX_PROFILE_SECONDS, Math.max(1, Math.floor(intervalMs / 1000)));
  return pullRegularly(targets, intervalMs, async (target, stopped) => {
    const timeoutMs = seconds * 1000 + GRACE_MS;
    try {
      for (const url of profileUrls(target.url, seconds)) {
        const { body } = await fetchBody(url, { timeoutMs, stopped });
        const time = BigInt(Date.now()) * 1000n;
        const rows = profileRows(decodePprof(body), { service: target.name, labels: {}, time });
        store.append('profiles', rows, body.length);
      }
      log.succeeded(target, 'profile');
    } catch (error) {
      if (stopped.aborted) return;
      metrics.scrapeFailures.inc({ target: target.name });
      log.failed(target, 'profile', error);
    }
  });
}

/** Keeps the base URL's query. */
function profileUrls(base: string, seconds: number): string[] {
  const below = (path: string) => {
    const url = new URL(base);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
    return url;
  };
  const profile = below('profile');
  profile.searchParams.set('seconds', String(seconds));
  return [profile.href, below('heap').href];
}
