import { time } from '@datadog/pprof';
import { diag } from '@opentelemetry/api';
import { messageOf } from '../error-message.ts';
import { type PushTarget, pushProfile } from './profile-push.ts';
import { SPAN_PROFILER_OPTIONS, type SpanProfiles } from './span-profiles.ts';

export type WallPushOptions = Omit<PushTarget, 'timeoutMs'> & {
  intervalMs: number;
  sampleIntervalUs: number;
  labelsOf: SpanProfiles['labelsOf'];
};

/** Timeout of the last push on shutdown, in ms: well within the time limit for flushing all telemetry. */
const LAST_PUSH_TIMEOUT_MS = 5_000;

/**
 * Continuously takes wall-clock and CPU profiles with span labels, and pushes one every `intervalMs`. Replaces the
 * profiler of @pyroscope/nodejs, whose labels don't survive an `await`.
 *
 * A profile that can't be sent is dropped, so that an unavailable collector doesn't cost memory.
 */
export function startWallPush({
  url,
  identity,
  intervalMs,
  sampleIntervalUs,
  labelsOf,
}: WallPushOptions): AsyncDisposable {
  time.start({
    // Limits how many samples per profile can have labels: twice the expected number.
    durationMillis: intervalMs,
    intervalMicros: sampleIntervalUs,
    collectCpuTime: true,
    ...SPAN_PROFILER_OPTIONS,
  });
  let from = new Date();
  const pushing = new Set<Promise<void>>();
  const lostWhileStopping: string[] = [];
  let stopping = false;

  async function push({ last }: { last: boolean }): Promise<void> {
    const profile = time.stop(!last, labelsOf, ['span_name']);
    const start = from;
    from = new Date();
    // pprof sets this to the end of the profile.
    profile.timeNanos = BigInt(start.getTime()) * 1_000_000n;
    await pushProfile({ url, identity, timeoutMs: last ? LAST_PUSH_TIMEOUT_MS : intervalMs }, profile, start, from);
  }

  /** A failure loses one profile and nothing else. */
  function pushAndReport(which: { last: boolean }): void {
    const pushed = push(which)
      .catch((error) => {
        const message = `a profile was lost: ${messageOf(error)}`;
        // During shutdown the log is already closed, so disposal reports the failure.
        if (stopping) lostWhileStopping.push(message);
        else diag.warn(message);
      })
      .finally(() => pushing.delete(pushed));
    pushing.add(pushed);
  }

  const timer = setInterval(() => pushAndReport({ last: false }), intervalMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping = true;
      pushAndReport({ last: true });
      await Promise.all(pushing);
      if (lostWhileStopping.length > 0) throw new Error(lostWhileStopping.join('; '));
    },
  };
}
