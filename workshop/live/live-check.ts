import type { Input, Outcome } from '../check/requirement.ts';

/**
 * What to look for in the backends after data was sent through the student's pipeline. In texts, `{marker}` is a word that no
 * other run has, `{time}` a time in the past, and `{n}` a running number.
 */
export type LiveCheck = { id: string } & Question;

type Question =
  /** Series (a selector) with samples from after the check started: `count` of them, or at least one; with this value. */
  | { type: 'series'; query: string; count?: number; value?: number }
  /** A line from the checker, sent to Alloy's Loki push API. */
  | { type: 'line'; input: Input; expect: Outcome }
  /**
   * Lines that arrived after the check started, without the checker sending any. `reload` makes Alloy write to its own log:
   * what it logs during the first reload with `write_to` is lost, because the receivers start only afterwards.
   */
  | { type: 'lines'; query: string; reload?: boolean }
  /** Spans from the checker, sent over OTLP: they arrive in Tempo as expected or, with `dropped`, don't. */
  | { type: 'spans'; input: SpanInput; expect: Outcome; atMost?: number }
  /** A metric and a log record from the checker, sent over OTLP. */
  | { type: 'otlp-metric' }
  | { type: 'otlp-line' }
  /** A profile from the checker, or scraped profiles. */
  | { type: 'profiles'; service: string; push?: boolean }
  /** What a page sends to Faro. */
  | { type: 'faro' }
  /** As much comes out as went in, after an outage of the backends. */
  | { type: 'outage'; seconds: number };

export type SpanInput = Input & { name?: string; error?: boolean; milliseconds?: number; copies?: number };
