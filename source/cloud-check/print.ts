import type { Report } from './check.ts';

export function print({ warnings, problems, verdicts }: Report): string {
  const lines = warnings.map((warning) => `WARNING: ${warning}\n`);
  if (problems.length > 0) lines.push('Fix this first:\n');
  for (const { where, problem, hint } of problems) lines.push(`  ${where} ${problem}`, `      ${hint}`);
  for (const { signal, verdict } of verdicts) {
    lines.push(`  ${signal.padEnd(8)}  ${verdict.outcome.toUpperCase().padEnd(9)}  ${verdict.answered}`);
    if (verdict.hint) lines.push(`      ${verdict.hint}`);
  }
  return lines.join('\n');
}

/** Only the problems; empty if there are none. */
export function printFaults({ problems, verdicts }: Report): string {
  return print({ warnings: [], problems, verdicts: verdicts.filter(({ verdict }) => verdict.outcome !== 'ok') });
}
