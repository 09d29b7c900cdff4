import type { Report } from './check.ts';

/** What a person reads. */
export function print({ problems, verdicts }: Report, warnings: string[]): string {
  const lines = warnings.map((warning) => `WARNING: ${warning}\n`);
  if (problems.length > 0) {
    lines.push(
      `Grafana Cloud: ${problems.length === 1 ? 'this has' : `these ${problems.length} have`} to be mended first.\n`,
    );
    for (const { where, problem, hint } of problems) lines.push(`  ${where} ${problem}`, `      ${hint}`);
  }
  for (const { signal, verdict } of verdicts) {
    const mark = { ok: 'ok', refused: 'REFUSED', away: 'AWAY' }[verdict.outcome];
    lines.push(`  ${signal.padEnd(8)}  ${mark.padEnd(7)}  ${verdict.answered}`);
    if (verdict.hint) lines.push(`      ${verdict.hint}`);
  }
  return lines.join('\n');
}
