import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { time } from '@datadog/pprof';
import { context, ROOT_CONTEXT, type Span, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { burn, count, countBurning, type Sample, samplesOf } from '../../../tests/support/burn-samples.ts';
import { createSpanProfiles, SPAN_PROFILER_OPTIONS, SPAN_PROFILES_SUPPORTED } from './span-profiles.ts';

// In this process, because there is one profiler per process.

const skip = SPAN_PROFILES_SUPPORTED ? false : 'not run: span profiles, on Windows';

describe('the samples of a profile', { skip }, () => {
  const spanProfiles = createSpanProfiles();
  const tracer = new TracerProvider({ spanProcessors: [spanProfiles.spanProcessor] }).getTracer('test');

  before(() => {
    context.setGlobalContextManager(spanProfiles.contextManager);
    // As long as a profile may take on a busy machine: there is memory for as many samples.
    time.start({ durationMillis: 60_000, intervalMicros: 10_000, collectCpuTime: true, ...SPAN_PROFILER_OPTIONS });
  });
  after(() => {
    time.stop();
    context.disable();
  });

  /** Runs `work` in a new span. */
  async function inSpan<T>(name: string, work: (span: Span) => Promise<T>, parent = ROOT_CONTEXT): Promise<Span> {
    const span = tracer.startSpan(name, {}, parent);
    await context.with(trace.setSpan(parent, span), () => work(span));
    span.end();
    return span;
  }

  test('belong to the span that computes when two spans alternate, 100 ms and 300 ms', async () => {
    const takeTurns = async (milliseconds: number) => {
      for (let turn = 0; turn < 10; turn++) {
        burn(milliseconds);
        await nextRound();
      }
    };
    let spans: Span[] = [];
    const samples = await profile(async () => {
      spans = await Promise.all([inSpan('short', () => takeTurns(10)), inSpan('long', () => takeTurns(30))]);
    });
    const [short, long] = spans.map((span) => count(samples, span)) as [number, number];
    // About 10 and 30.
    assert.ok(long >= 10, `${long} samples of 300 ms`);
    assert.ok(long / short > 1.8 && long / short < 5, `${short} to ${long} samples`);
  });

  for (const [how, work] of Object.entries<(then: () => void) => Promise<unknown>>({
    await: async (then) => {
      await nextRound();
      then();
    },
    'a timer': (then) => new Promise<void>((resolve) => setTimeout(() => resolve(then()), 1)),
    'a chain of promises': (then) => Promise.resolve().then(nextRound).then(then),
    'a rejected promise': (then) => Promise.reject(new Error('on purpose')).catch(then),
    'a microtask': (then) => new Promise<void>((resolve) => queueMicrotask(() => resolve(then()))),
    'the next tick': (then) => new Promise<void>((resolve) => process.nextTick(() => resolve(then()))),
    'a generator that awaits': async (then) => {
      for await (const _ of (async function* () {
        yield await sleep(1);
      })())
        then();
    },
  })) {
    test(`belong to the span after ${how}`, async () => {
      let span: Span | undefined;
      const samples = await profile(async () => {
        // Concurrent with another span.
        const [own] = await Promise.all([
          inSpan('own', () => work(() => burn(100))),
          inSpan('other', () => work(() => {})),
        ]);
        span = own;
      });
      assert.ok(count(samples, span!) >= 2, JSON.stringify(samples));
    });
  }

  test('in listeners and callbacks belong to the span that the emitter or callback is bound to', async () => {
    const emitter = new EventEmitter();
    let callback = () => {};
    const spans: Span[] = [];
    const samples = await profile(async () => {
      const waiting = Promise.withResolvers<void>();
      const first = inSpan('listens', async () => {
        context.bind(context.active(), emitter);
        emitter.on('event', () => burn(100));
        await waiting.promise;
      });
      const second = inSpan('is called', async () => {
        callback = context.bind(context.active(), () => burn(100));
        await waiting.promise;
      });
      await inSpan('emits and calls', async () => {
        emitter.emit('event');
        callback();
      });
      waiting.resolve();
      spans.push(await first, await second);
    });
    for (const span of spans) assert.ok(count(samples, span) >= 2, JSON.stringify(samples));
  });

  test('in child spans belong to the entry span, which alone has the attribute', async () => {
    let child: Span | undefined;
    let entry: Span | undefined;
    const remote: SpanContext = {
      traceId: '51f5488007c42892da24c718622f3b7f',
      spanId: 'ace3462a67e87e48',
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    };
    const samples = await profile(async () => {
      entry = await inSpan(
        'entry',
        async () => {
          child = await inSpan('child', async () => burn(100), context.active());
        },
        trace.setSpanContext(ROOT_CONTEXT, remote),
      );
    });
    assert.equal(attributesOf(entry!)['pyroscope.profile.id'], entry!.spanContext().spanId);
    assert.equal(attributesOf(child!)['pyroscope.profile.id'], undefined);
    assert.equal(count(samples, child!), 0);
    assert.ok(count(samples, entry!) >= 2);
    const { labels } = samples.find(({ labels }) => labels.profile_id === entry!.spanContext().spanId)!;
    assert.equal(labels.trace_id, remote.traceId);
  });

  test("carry the span's final name, and none before it ends", async () => {
    const lasting = tracer.startSpan('POST');
    let renamed: Span | undefined;
    const samples = await profile(async () => {
      renamed = await inSpan('GET', async (span) => {
        burn(100);
        span.updateName('GET /:beast');
      });
      context.with(trace.setSpan(ROOT_CONTEXT, lasting), () => burn(100));
    });
    lasting.end();
    const namesOf = (span: Span) => [
      ...new Set(
        samples
          .filter(({ labels }) => labels.profile_id === span.spanContext().spanId)
          .map(({ labels }) => labels.span_name),
      ),
    ];
    assert.deepEqual(namesOf(renamed!), ['GET /:beast']);
    assert.deepEqual(namesOf(lasting), [undefined]);
  });

  test("belong to no span outside of spans, after their end, and if they aren't sampled", async () => {
    const unsampled = new TracerProvider({
      sampler: new AlwaysOffSampler(),
      spanProcessors: [spanProfiles.spanProcessor],
    }).getTracer('test');
    let ended: Span | undefined;
    const samples = await profile(async () => {
      burn(100);
      const later = Promise.withResolvers<void>();
      let work: Promise<void> | undefined;
      ended = await inSpan('over before its work is', async () => {
        work = later.promise.then(() => burn(100));
      });
      await sleep(5);
      later.resolve();
      await work;
      context.with(trace.setSpan(ROOT_CONTEXT, unsampled.startSpan('unsampled')), () => burn(100));
      await inSpan('leaves the context', async () => {
        context.with(ROOT_CONTEXT, () => burn(100));
      });
    });
    assert.equal(count(samples, ended!), 0);
    assert.deepEqual(
      samples.filter(({ burning, labels }) => burning && Object.keys(labels).length > 0),
      [],
    );
    assert.ok(countBurning(samples) >= 8, `${countBurning(samples)} samples without a span`);
  });

  test('are not lost from one profile to the next', async () => {
    const samples: Sample[] = [];
    await newProfile();
    const start = performance.now();
    const span = await inSpan('three profiles long', async () => {
      for (let window = 0; window < 3; window++) {
        burn(200);
        samples.push(...samplesOf(time.stop(true, spanProfiles.labelsOf)));
        await nextRound();
      }
    });
    const took = performance.now() - start;
    const found = count(samples, span);
    // 60 in total, minus those that each restart takes; on a busy machine, up to one for each 10 ms that it takes.
    assert.ok(found >= 20 && found <= took / 10 + 6, `${found} samples of 600 ms CPU time in ${took} ms`);
    assert.equal(found, countBurning(samples), 'each has its label');
  });

  test('use no memory after their spans have ended', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    for (let index = 0; index < 20_000; index++) await inSpan('short', async () => {});
    // The last ones are released in the next rounds of the event loop.
    for (let round = 0; round < 5; round++) {
      await sleep(10);
      collectGarbage();
    }
    const { usedAsyncContextCount } = time.getMetrics();
    assert.ok(usedAsyncContextCount < 100, `${usedAsyncContextCount} are kept`);
  });

  /** An empty profile makes pprof restart the profiler, and V8 forget the names of some functions. */
  async function newProfile(): Promise<void> {
    await sleep(100);
    time.stop(true);
  }

  /** The samples taken while `work` runs. */
  async function profile(work: () => Promise<unknown>): Promise<Sample[]> {
    await newProfile();
    await work();
    return samplesOf(time.stop(true, spanProfiles.labelsOf));
  }
});

const attributesOf = (span: Span) => (span as unknown as ReadableSpan).attributes;
