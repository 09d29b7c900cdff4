import { time } from '@datadog/pprof';
import { diag } from '@opentelemetry/api';
import { messageOf } from '../error-message.ts';
import { type PushTarget, pushProfile } from './profile-push.ts';
import { SPAN_PROFILER_OPTIONS, type SpanProfiles } from './span-profiles.ts';

export type WallPushOptions = Omit<PushTarget, 'timeoutMs'> & {
  /** One profile in this time. */
  intervalMs: number;
  sampleIntervalUs: number;
  labelsOf: SpanProfiles['labelsOf'];
};

/** How long a profile may take to be taken when the service stops: well within the time that all telemetry has then. */
const LAST_PUSH_TIMEOUT_MS = 5_000;

/**
 * Takes wall-clock and CPU profiles all the time, with labels that lead to spans, and pushes them. In place of the
 * profiler of @pyroscope/nodejs, which can't be started with labels that survive an `await`.
 *
 * One that can't be sent is dropped: the next is about something else, and a collector that is away must not cost memory.
 */
export function startWallPush({
  url,
  identity,
  intervalMs,
  sampleIntervalUs,
  labelsOf,
}: WallPushOptions): AsyncDisposable {
  time.start({
    // Sets how many samples can be labelled in one profile, twice as many as are expected. No more are kept.
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
    // pprof dates a profile at its end.
    profile.timeNanos = BigInt(start.getTime()) * 1_000_000n;
    await pushProfile({ url, identity, timeoutMs: last ? LAST_PUSH_TIMEOUT_MS : intervalMs }, profile, start, from);
  }

  /** Whatever fails costs one profile, and nothing else. */
  function pushAndTell(which: { last: boolean }): void {
    const pushed = push(which)
      .catch((error) => {
        const message = `a profile was lost: ${messageOf(error)}`;
        // While a service stops, its log has ended; whoever stops it hears of this.
        if (stopping) lostWhileStopping.push(message);
        else diag.warn(message);
      })
      .finally(() => pushing.delete(pushed));
    pushing.add(pushed);
  }

  const timer = setInterval(() => pushAndTell({ last: false }), intervalMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping = true;
      pushAndTell({ last: true });
      await Promise.all(pushing);
      if (lostWhileStopping.length > 0) throw new Error(lostWhileStopping.join('; '));
    },
  };
}
