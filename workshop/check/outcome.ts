import type { Outcome } from './requirement.ts';
import type { Sample } from './sample.ts';

export type Difference = {
  code:
    | 'wrong-label'
    | 'missing-label-value'
    | 'surplus-label'
    | 'wrong-line'
    | 'secret'
    | 'wrong-timestamp'
    | 'wrong-metadata'
    | 'wrong-attribute';
  /** As in `touched` of a sample. */
  key: string;
  name: string;
  wanted: string;
  given: string;
};

/** How the result differs from the expected result. */
export function compare(sample: Sample, expect: Outcome): Difference[] {
  const differences: Difference[] = [];
  const add = (code: Difference['code'], key: string, name: string, wanted: string, given: string) =>
    differences.push({ code, key, name, wanted, given });
  for (const [name, wanted] of Object.entries(expect.labels ?? {})) {
    const given = sample.labels[name];
    if ((given ?? null) === wanted) continue;
    const code = wanted === null ? 'surplus-label' : given === undefined ? 'missing-label-value' : 'wrong-label';
    add(code, name, name, wanted ?? '', given ?? '');
  }
  for (const name of Object.keys(sample.labels)) {
    if (expect.onlyLabels && !expect.onlyLabels.includes(name))
      add('surplus-label', name, name, '', sample.labels[name]!);
  }
  const line = sample.line ?? '';
  if (expect.lineWithout?.test(line)) add('secret', 'line', 'line', '', line);
  if (expect.line && !expect.line.test(line)) add('wrong-line', 'line', 'line', String(expect.line), line);
  if (expect.timestamp !== undefined && sample.timestamp !== expect.timestamp) {
    const given = sample.timestamp === undefined ? '' : new Date(sample.timestamp).toISOString();
    add('wrong-timestamp', 'timestamp', 'timestamp', new Date(expect.timestamp).toISOString(), given);
  }
  for (const [name, wanted] of Object.entries(expect.metadata ?? {})) {
    const given = sample.metadata?.[name] ?? '';
    if (given !== wanted) add('wrong-metadata', `metadata ${name}`, name, wanted, given);
  }
  for (const [name, wanted] of Object.entries(expect.attributes ?? {})) {
    const given = sample.attributes?.[name];
    if ((given ?? null) !== wanted)
      add(wanted === null ? 'secret' : 'wrong-attribute', `attribute ${name}`, name, wanted ?? '', given ?? '');
  }
  for (const [name, value] of Object.entries(sample.attributes ?? {})) {
    if (expect.attributesWithout?.test(value)) add('secret', `attribute ${name}`, name, '', value);
  }
  return differences;
}
