import { now } from './otlp-values.ts';
import { decodePprof, profileRows } from './pprof.ts';
import { fetchBody, type PullOptions, pullRegularly } from './pull.ts';

/** Added to the profile's duration, in ms. */
const GRACE_MS = 10_000;
const MAX_PROFILE_SECONDS = 10;

/**
 * Fetches a CPU and a heap profile from each target on every interval, until disposed. Targets are the base URLs of
 * `/profile` and `/heap`.
 */
export function startPprofPull(options: PullOptions): AsyncDisposable {
  const seconds = Math.min(MAX_PROFILE_SECONDS, Math.max(1, Math.floor(options.intervalMs / 1000)));
  const timeoutMs = seconds * 1000 + GRACE_MS;
  return pullRegularly(options, 'profile', async (target, stopped) => {
    for (const url of profileUrls(target.url, seconds)) {
      const { body } = await fetchBody(url, { timeoutMs, stopped });
      const rows = profileRows(decodePprof(body), { service: target.name, labels: {}, time: now() });
      options.store.append('profiles', rows, body.length);
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
