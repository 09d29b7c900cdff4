import { readFileSync } from 'node:fs';
import path from 'node:path';

export type Language = 'promql' | 'logql' | 'traceql' | 'sql';
export type Query = { language: Language; text: string };

/** The queries of the instructor's guide, by fault. */
export function guideQueries(): Map<string, Query[]> {
  const text = readFileSync(path.join(import.meta.dirname, 'guide.md'), 'utf8');
  const sections = text.slice(text.indexOf('## Each fault')).split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.split('\n')[0]!,
      [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
        language: language as Language,
        text: text!.trim(),
      })),
    ]),
  );
}
