import type { Place } from '../alloy/graph.ts';

/** `unknown`: the check could not decide. It is never shown as failed. */
export type Verdict = 'passed' | 'failed' | 'unknown';

export const LAYERS = ['form', 'intent', 'flow', 'result'] as const;
export type Layer = (typeof LAYERS)[number];

/** What a check found, as plain data. The command turns it into a message. */
export type Finding = {
  layer: Layer;
  verdict: Verdict;
  code: string;
  args: Record<string, string | number | string[]>;
  /** The place in the student's file. */
  at?: Place | undefined;
  /** The lesson's requirement that it is about. */
  requirement?: string | undefined;
};

/** One failure makes the whole check fail; otherwise, one undecided finding leaves it undecided. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'failed')) return 'failed';
  return findings.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'passed';
}
