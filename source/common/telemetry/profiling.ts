import { encode, heap, time } from '@datadog/pprof';
import pyroscope from '@pyroscope/nodejs';
import type { ProfilingSettings } from '../settings.ts';
import type { Identity } from './identity.ts';

/**
 * CPU, wall-clock and heap profiles in the pprof format, one of two ways: pushed to Pyroscope's API, or pulled by a
 * scraper. Never both: V8 has one CPU profiler per thread, and @pyroscope/nodejs ends the process when a pull stops
 * the one that its push is using. For the same reason pulls are built on @datadog/pprof, which is beneath
 * @pyroscope/nodejs: its own pull handlers fail on a second scrape at the same time, and give empty heap profiles.
 */
export type Profiling =
  | { mode: 'push' | 'off'; [Symbol.asyncDispose](): Promise<void> }
  | {
      mode: 'pull';
      /** CPU and wall time of the next `seconds`, as gzipped pprof. */
      profile(seconds: number): Promise<Buffer>;
      /** The heap at this moment, sampled by allocation, as gzipped pprof. */
      heap(): Promise<Buffer>;
      [Symbol.asyncDispose](): Promise<void>;
    };

/** One sample of the wall profiler in this many microseconds: 100 a second. */
const SAMPLE_INTERVAL_US = 10_000;
/** The heap profiler samples one allocation in this many bytes, with stacks this deep. */
const HEAP_SAMPLE_BYTES = 512 * 1024;
const HEAP_STACK_DEPTH = 64;

export function startProfiling(identity: Identity, settings: ProfilingSettings): Profiling {
  const mode = settings.PROFILING_MODE ?? (settings.PROFILE_COLLECTOR_HOST === undefined ? 'pull' : 'push');
  if (mode === 'push') return startPush(identity, settings);
  if (mode === 'pull') return startPull();
  return { mode: 'off', async [Symbol.asyncDispose]() {} };
}

function startPush(identity: Identity, settings: ProfilingSettings): Profiling {
  const host = settings.PROFILE_COLLECTOR_HOST ?? 'localhost';
  pyroscope.init({
    appName: identity.serviceName,
    serverAddress: `http://${host}:${settings.PROFILE_COLLECTOR_PORT}`,
    flushIntervalMs: settings.PROFILE_INTERVAL_MS,
    tags: { service_name: identity.serviceName, namespace: identity.namespace },
    wall: {
      collectCpuTime: true,
      samplingDurationMs: settings.PROFILE_INTERVAL_MS,
      samplingIntervalMicros: SAMPLE_INTERVAL_US,
    },
    heap: { samplingIntervalBytes: HEAP_SAMPLE_BYTES, stackDepth: HEAP_STACK_DEPTH },
  });
  pyroscope.start();
  return {
    mode: 'push',
    async [Symbol.asyncDispose]() {
      await pyroscope.stop();
    },
  };
}

function startPull(): Profiling {
  // From the start, so that a profile shows all that is alive, not only what was allocated since the last scrape.
  heap.start(HEAP_SAMPLE_BYTES, HEAP_STACK_DEPTH);
  let running: Promise<Buffer> | undefined;
  return {
    mode: 'pull',
    profile(seconds) {
      // There is one CPU profiler: who comes while it runs gets the profile that is under way.
      running ??= time
        .profile({
          durationMillis: seconds * 1000,
          intervalMicros: SAMPLE_INTERVAL_US,
          collectCpuTime: true,
          withContexts: true,
        })
        .then(encode)
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    heap: () => encode(heap.profile()),
    async [Symbol.asyncDispose]() {
      await running?.catch(() => {});
      heap.stop();
    },
  };
}
