import { time } from '@datadog/pprof';
import { type Context, type ContextManager, type HrTime, TraceFlags, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { createContextManager } from './context-manager.ts';

/**
 * Links each trace to the flame graph of its spans.
 *
 * The profiler takes 100 samples per second and can attach a context object to each. That object must belong to the
 * span whose code is running, also after an `await`, so it is kept in an AsyncLocalStorage that the profiler reads in
 * its signal handler ("CPED" in @datadog/pprof; V8 propagates it, so it costs nothing unless it is read).
 *
 * Samples are labelled with the entry span: the first span of a trace in this process, for a request or a message. Its
 * child spans mostly wait for I/O and use hardly any CPU. Attribute and label names are those of Pyroscope's span
 * profiles in other languages: `pyroscope.profile.id` on the entry span; `profile_id`, `trace_id` and `span_name` on
 * samples.
 */
export type SpanProfiles = {
  /** Passes each change of the entry span to the profiler. */
  contextManager: ContextManager;
  /** Finds and marks the entry span of each span. */
  spanProcessor: SpanProcessor;
  /** The labels of a sample. */
  labelsOf: NonNullable<Parameters<typeof time.stop>[1]>;
};

/** Signal-based profilers can read V8's memory while sampling; pprof's profiler on Windows isn't one. */
export const SPAN_PROFILES_SUPPORTED = process.platform !== 'win32';

/** Options with which the profiler must be started. */
export const SPAN_PROFILER_OPTIONS = { withContexts: true, useCPED: true } as const;

/**
 * The object attached to samples: what the labels need from the entry span. Not the span itself, because V8 retains the
 * object until the next full garbage collection, and spans with all their attributes would use too much memory.
 */
type Note = {
  profileId: string;
  traceId: string;
  startUs: number;
  /** Set when the span ends. */
  ended?: { atUs: number; name: string };
};

/** A property of the span, because a WeakMap would double the overhead. */
const NOTE = Symbol('span profile note');
type Noted = { [NOTE]?: Note };

/** For code outside of recorded spans. */
const NO_SPAN: Note = { profileId: '', traceId: '', startUs: 0 };

/** Spans and samples read the clock at slightly different moments. */
const CLOCK_TOLERANCE_US = 1_000;

export function createSpanProfiles(): SpanProfiles {
  const noteOf = (context: Context): Note => (trace.getSpan(context) as Noted | undefined)?.[NOTE] ?? NO_SPAN;

  return {
    contextManager: createContextManager((entered, left, run) => {
      const note = noteOf(entered);
      return note !== noteOf(left) && time.isStarted() ? time.runWithContext(note, run) : run();
    }),

    spanProcessor: {
      onStart(span, parent) {
        let note = noteOf(parent);
        if (note === NO_SPAN) {
          const { traceFlags, spanId, traceId } = span.spanContext();
          if (!(traceFlags & TraceFlags.SAMPLED)) return;
          note = { profileId: spanId, traceId, startUs: microseconds(span.startTime) };
          span.setAttribute('pyroscope.profile.id', spanId);
        }
        (span as Noted)[NOTE] = note;
      },
      onEnd(span) {
        const note = (span as Noted)[NOTE];
        if (note?.profileId === span.spanContext().spanId) {
          note.ended = { atUs: microseconds(span.endTime), name: span.name };
        }
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },

    labelsOf({ context }) {
      const note = (context?.context as Note | undefined) ?? NO_SPAN;
      if (note === NO_SPAN || !isWithin(note, Number(context?.timestamp))) return {};
      return {
        profile_id: note.profileId,
        trace_id: note.traceId,
        // Pyroscope creates a series per span name, so its cardinality must be low: an HTTP span gets its final name,
        // with the route, only when it ends.
        ...(note.ended && { span_name: note.ended.name }),
      };
    },
  };
}

/**
 * Work can continue in the context of a span that has ended: later requests use a pooled connection that an earlier one
 * opened. Such samples belong to no span.
 */
function isWithin({ startUs, ended }: Note, timestampUs: number): boolean {
  return timestampUs >= startUs - CLOCK_TOLERANCE_US && (!ended || timestampUs <= ended.atUs + CLOCK_TOLERANCE_US);
}

const microseconds = ([seconds, nanoseconds]: HrTime) => seconds * 1e6 + nanoseconds / 1e3;
