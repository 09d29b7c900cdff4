import { setTimeout as sleep } from 'node:timers/promises';
import { encode, heap, time } from '@datadog/pprof';
import pyroscope from '@pyroscope/nodejs';
import { hostInUrl } from '../http/address.ts';
import type { ProfilingSettings } from '../settings.ts';
import type { Identity } from './identity.ts';
import { foldLibraryFrames } from './library-frames.ts';
import { SPAN_PROFILER_OPTIONS, type SpanProfiles } from './span-profiles.ts';
import { startWallPush } from './wall-push.ts';

/**
 * CPU, wall-clock and heap profiles in the pprof format, either pushed to Pyroscope or pulled by a scraper. Never both:
 * V8 has one CPU profiler per thread, and @pyroscope/nodejs crashes if a pull stops the profiler that its push uses.
 * Pull mode uses @datadog/pprof, the library underneath @pyroscope/nodejs, because the latter's pull handlers fail on
 * concurrent scrapes and return empty heap profiles.
 */
export type Profiling =
  | { mode: 'push' | 'off'; [Symbol.asyncDispose](): Promise<void> }
  | {
      mode: 'pull';
      /** CPU and wall time of the next `seconds`, as gzipped pprof. */
      profile(seconds: number): Promise<Buffer>;
      /** Ends the running profile early; its caller gets what was sampled so far. */
      finish(): void;
      /** The live heap, sampled by allocation, as gzipped pprof. */
      heap(): Promise<Buffer>;
      [Symbol.asyncDispose](): Promise<void>;
    };

/** Wall profiler: 100 samples per second. */
const SAMPLE_INTERVAL_US = 10_000;
/** Heap profiler: one sample per this many bytes allocated, with stacks up to this deep. */
const HEAP_SAMPLE_BYTES = 512 * 1024;
const HEAP_STACK_DEPTH = 64;

export function profilingMode(settings: ProfilingSettings): Profiling['mode'] {
  return settings.PROFILING_MODE ?? (settings.PROFILE_COLLECTOR_HOST === undefined ? 'pull' : 'push');
}

/** @param spanProfiles labels samples with spans; without it, profiles cover the process only */
export function startProfiling(
  identity: Identity,
  settings: ProfilingSettings,
  spanProfiles: SpanProfiles | undefined,
): Profiling {
  const mode = profilingMode(settings);
  if (mode === 'push') return startPush(identity, settings, spanProfiles);
  if (mode === 'pull') return startPull(spanProfiles);
  return { mode: 'off', async [Symbol.asyncDispose]() {} };
}

function startPush(identity: Identity, settings: ProfilingSettings, spanProfiles: SpanProfiles | undefined): Profiling {
  const url = `http://${hostInUrl(settings.PROFILE_COLLECTOR_HOST ?? 'localhost')}:${settings.PROFILE_COLLECTOR_PORT}`;
  pyroscope.init({
    appName: identity.serviceName,
    serverAddress: url,
    flushIntervalMs: settings.PROFILE_INTERVAL_MS,
    tags: { service_name: identity.serviceName, namespace: identity.namespace },
    wall: {
      collectCpuTime: true,
      samplingDurationMs: settings.PROFILE_INTERVAL_MS,
      samplingIntervalMicros: SAMPLE_INTERVAL_US,
    },
    heap: { samplingIntervalBytes: HEAP_SAMPLE_BYTES, stackDepth: HEAP_STACK_DEPTH },
  });
  if (spanProfiles === undefined) {
    pyroscope.start();
    return { mode: 'push', [Symbol.asyncDispose]: () => pyroscope.stop() };
  }
  pyroscope.startHeapProfiling();
  const wall = startWallPush({
    url,
    identity,
    intervalMs: settings.PROFILE_INTERVAL_MS,
    sampleIntervalUs: SAMPLE_INTERVAL_US,
    labelsOf: spanProfiles.labelsOf,
  });
  return {
    mode: 'push',
    async [Symbol.asyncDispose]() {
      await Promise.all([pyroscope.stopHeapProfiling(), wall[Symbol.asyncDispose]()]);
    },
  };
}

function startPull(spanProfiles: SpanProfiles | undefined): Profiling {
  // Start now, so that profiles include everything alive, not only allocations since the last scrape.
  heap.start(HEAP_SAMPLE_BYTES, HEAP_STACK_DEPTH);
  let running: Promise<Buffer> | undefined;
  const finishing = new AbortController();
  return {
    mode: 'pull',
    profile(seconds) {
      // There is one CPU profiler: concurrent callers share the running profile.
      running ??= profileFor(seconds, spanProfiles, finishing.signal)
        .then(encode)
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    finish: () => finishing.abort(),
    heap: () => encode(heap.profile()),
    async [Symbol.asyncDispose]() {
      await running?.catch(() => {});
      heap.stop();
    },
  };
}

/** Work that began before the profile has no labels: they are attached when a context is entered. */
async function profileFor(seconds: number, spanProfiles: SpanProfiles | undefined, finishing: AbortSignal) {
  time.start({
    durationMillis: seconds * 1000,
    intervalMicros: SAMPLE_INTERVAL_US,
    collectCpuTime: true,
    ...(spanProfiles ? SPAN_PROFILER_OPTIONS : { withContexts: true }),
  });
  await sleep(seconds * 1000, undefined, { signal: finishing }).catch(() => {});
  return foldLibraryFrames(time.stop(false, spanProfiles?.labelsOf, ['span_name']));
}
