import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './check.ts';
import type { Verdict } from './explain.ts';
import type { Signal } from './fields.ts';
import type { Problem } from './problems.ts';
import type { ReadEndpoints } from './read-endpoints.ts';

export type Watching = {
  everyMs: number;
  say: (line: string) => void;
  /** Called after each time that all were asked. */
  onRound: () => Promise<void>;
  until: AbortSignal;
};

/**
 * Sends one sample of each signal every so often, and says a line when an endpoint's answer changes: once when a token was
 * deleted, and once when it works again. Alloy's own log says it for each batch.
 */
export async function watch(
  read: () => Promise<ReadEndpoints>,
  { everyMs, say, onRound, until }: Watching,
): Promise<void> {
  // It starts after a check that was content.
  const outcomes = new Map<Signal, Verdict['outcome']>();
  let before = new Set<string>();
  while (!until.aborted) {
    const { problems, verdicts } = await check(await read());
    const now = new Set(problems.map(lineOfProblem));
    for (const line of now.difference(before)) say(line);
    before = now;
    for (const { signal, verdict } of verdicts) {
      const { outcome, answered, hint } = verdict;
      if (outcome !== (outcomes.get(signal) ?? 'ok')) say(lineOf(signal, outcome, answered, hint));
      outcomes.set(signal, outcome);
    }
    await onRound();
    await sleep(everyMs, undefined, { signal: until }).catch(() => {});
  }
}

function lineOf(signal: Signal, outcome: Verdict['outcome'], answered: string, hint: string): string {
  const level = { ok: 'info', away: 'warn', refused: 'error' }[outcome];
  const said = outcome === 'ok' ? `${signal} arrive again` : `${signal} do not arrive: ${answered}; ${hint}`;
  return `level=${level} msg=${JSON.stringify(said)}`;
}

function lineOfProblem({ where, problem, hint }: Problem): string {
  return `level=error msg=${JSON.stringify(`nothing is asked: ${where} ${problem}; ${hint}`)}`;
}
