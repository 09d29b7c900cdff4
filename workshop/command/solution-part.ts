import { parse } from '../alloy/parser.ts';
import type { Lesson } from '../lessons/lesson.ts';

/** A component of a solution or, for the collector, a section. */
export function solutionPart(solution: string, name: string, file: Lesson['file']): string {
  if (file === 'otel.yml') {
    return new RegExp(`^${name}:\\n(?: .*\\n|\\n)*`, 'm').exec(solution)?.[0].trimEnd() ?? solution;
  }
  const block = parse(solution).body.find(
    (block) => block.type === 'block' && [block.name, ...(block.label ? [block.label] : [])].join('.') === name,
  );
  return block?.type === 'block' ? solution.slice(block.at.offset, block.end.offset + 1) : solution;
}
