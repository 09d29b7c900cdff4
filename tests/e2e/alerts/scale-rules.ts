// The rules with shorter windows, for quicker experiments: every range and every `for` is scaled by one factor.
//
//   node tests/e2e/alerts/scale-rules.ts 0.5        writes .scaled-rules, and prints how to use it
//
// Names stay the same, so slo:sli_error:ratio_rate5m then covers two and a half minutes.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RULE_FOLDERS, type Ruler } from './rules.ts';

/** Four scrapes of the application: with fewer, a rate would have gaps. */
const LEAST_RANGE_S = 20;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `5m` times 0.5 is `150s`. */
function scaled(duration: string, factor: number, leastS: number): string {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(duration)!;
  return `${Math.max(leastS, Math.round(Number(number) * SECONDS[unit as keyof typeof SECONDS] * factor))}s`;
}

/** The text of a rule file, with shorter windows. */
export function scaleRules(text: string, factor: number): string {
  return text
    .replace(/\[(\d+[smhd])\]/g, (_, range: string) => `[${scaled(range, factor, LEAST_RANGE_S)}]`)
    .replace(/^( +for: )(\d+[smhd])$/gm, (_, key: string, duration: string) => key + scaled(duration, factor, 1));
}

/** Writes a copy of all rules; a ruler can load its folder from the copy instead of the original. */
export function writeScaledRules(factor: number, folder: string): Record<Ruler, string> {
  rmSync(folder, { recursive: true, force: true });
  const written = Object.entries(RULE_FOLDERS).map(([ruler, source]) => {
    const copy = path.join(folder, ruler, path.basename(source));
    mkdirSync(copy, { recursive: true });
    for (const file of readdirSync(source)) {
      writeFileSync(path.join(copy, file), scaleRules(readFileSync(path.join(source, file), 'utf8'), factor));
    }
    return [ruler, path.join(folder, ruler)];
  });
  return Object.fromEntries(written);
}

if (import.meta.main) {
  const factor = Number(process.argv[2]);
  if (!(factor > 0 && factor <= 1)) {
    console.error('usage: node tests/e2e/alerts/scale-rules.ts FACTOR, more than 0 and at most 1');
    process.exit(2);
  }
  const { mimir, loki } = writeScaledRules(factor, path.join(import.meta.dirname, '../../../.scaled-rules'));
  console.log(`MIMIR_RULES=${mimir} LOKI_RULES=${loki} docker compose up -d mimir loki`);
}
