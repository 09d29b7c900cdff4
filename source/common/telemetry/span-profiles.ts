import { time } from '@datadog/pprof';
import { type Context, type ContextManager, type HrTime, TraceFlags, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { createContextManager } from './context-manager.ts';

/**
 * From a span in a trace to the flame graph of that very span.
 *
 * The profiler takes 100 samples a second, and can note something with each. What it notes must be the span whose code
 * runs at that moment, also after an `await`: so it is kept in an AsyncLocalStorage, from which the profiler reads within
 * its signal handler (the "CPED" of @datadog/pprof; V8 carries it along, so it costs nothing while nobody looks).
 *
 * Samples go to the entry span, the first of a trace in this process: the request or message that all its work is for.
 * Spans within, such as those of queries, are about waiting and have hardly any CPU time of their own. This is what
 * Pyroscope's span profiles do in other languages, by the same names: attribute `pyroscope.profile.id` on the entry span,
 * labels `profile_id`, `trace_id` and `span_name` on the samples.
 */
export type SpanProfiles = {
  /** Tells the profiler whenever the entry span changes. */
  contextManager: ContextManager;
  /** Finds the entry span of each span, and marks it. */
  spanProcessor: SpanProcessor;
  /** What the samples of a profile are labelled with. */
  labelsOf: NonNullable<Parameters<typeof time.stop>[1]>;
};

/** Profilers that take samples by signals can read V8's memory while they do so; on Windows, pprof's can't. */
export const SPAN_PROFILES_SUPPORTED = process.platform !== 'win32';

/** How the profiler has to be started. */
export const SPAN_PROFILER_OPTIONS = { withContexts: true, useCPED: true } as const;

/**
 * What the profiler notes with a sample: what is needed of the entry span, and not the span itself. V8 keeps each note
 * until its next full collection of garbage, and spans with all their attributes would be too much to keep.
 */
type Note = {
  profileId: string;
  traceId: string;
  startUs: number;
  /** Not there before the span ends. */
  ended?: { atUs: number; name: string };
};

/** The note hangs on the span: a WeakMap beside it would cost as much again as all else here. */
const NOTE = Symbol('what the profiler notes');
type Noted = { [NOTE]?: Note };

/** Noted where there is no span, or none that is recorded. */
const NO_SPAN: Note = { profileId: '', traceId: '', startUs: 0 };

/** Clocks of spans and of samples are read at different moments. */
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
        // Pyroscope makes a series of each name, so it must be one of few. That of an HTTP span is final, and holds the
        // route, when the span ends.
        ...(note.ended && { span_name: note.ended.name }),
      };
    },
  };
}

/**
 * Work may go on in the name of a span that is over: a connection that a request opened is used by all who come after.
 * Such samples belong to no span.
 */
function isWithin({ startUs, ended }: Note, timestampUs: number): boolean {
  return timestampUs >= startUs - CLOCK_TOLERANCE_US && (!ended || timestampUs <= ended.atUs + CLOCK_TOLERANCE_US);
}

const microseconds = ([seconds, nanoseconds]: HrTime) => seconds * 1e6 + nanoseconds / 1e3;
