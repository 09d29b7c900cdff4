import type { Input, Outcome } from '../check/requirement.ts';

/**
 * What is asked of the backends, after something was sent through the student's pipeline. In texts, `{marker}` stands for a
 * word that no other run has, `{time}` for a time in the past, `{n}` for a running number.
 */
export type LiveCheck = { id: string } & Question;

type Question =
  /** Series (a selector) with samples made after the check began: `count` of them, or at least one; with this value. */
  | { type: 'series'; query: string; count?: number; value?: number }
  /** A line of the checker, sent to Loki's push API of Alloy. */
  | { type: 'line'; input: Input; expect: Outcome }
  /** Lines that arrived after the check began, without any being sent. */
  | { type: 'lines'; query: string }
  /** Spans of the checker, sent by OTLP: they arrive in Tempo as expected, or, with `dropped`, don't. */
  | { type: 'spans'; input: SpanInput; expect: Outcome; atMost?: number }
  /** A metric and a log record of the checker, sent by OTLP. */
  | { type: 'otlp-metric' }
  | { type: 'otlp-line' }
  /** A profile of the checker, or those that were fetched. */
  | { type: 'profiles'; service: string; push?: boolean }
  /** What a page sends to Faro. */
  | { type: 'faro' }
  /** Counts in are counts out, after the backends were away. */
  | { type: 'outage'; seconds: number };

export type SpanInput = Input & { name?: string; error?: boolean; milliseconds?: number; copies?: number };
