import type { Place } from '../alloy/graph.ts';

/** `unknown`: something is missing to tell. That is never shown as failed. */
export type Verdict = 'passed' | 'failed' | 'unknown';

export const LAYERS = ['form', 'intent', 'flow', 'result'] as const;
export type Layer = (typeof LAYERS)[number];

/** What a check found, as data only. The command turns it into sentences. */
export type Finding = {
  layer: Layer;
  verdict: Verdict;
  code: string;
  args: Record<string, string | number | string[]>;
  /** The place in the student's file. */
  at?: Place | undefined;
  /** The requirement of the lesson that it is about. */
  requirement?: string | undefined;
};

/** One failure fails all; without one, one thing that can't be told leaves all open. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'failed')) return 'failed';
  return findings.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'passed';
}
