import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { numbersOf } from '../random.ts';
import { type Mutant, mutantsOf } from './mutate.ts';

/** One fault of each of these kinds. Syntax errors are left out, because they would hide all others. */
const KINDS: Mutant['kind'][] = ['reference', 'label', 'port', 'regex', 'component'];

/** A configuration with one fault of each kind, always the same for a seed. Each fault alone makes the exam fail. */
export function makeExam(lesson: Lesson, solution: string, seed: number): { text: string; faults: Mutant[] } {
  const random = numbersOf(seed);
  const faults: Mutant[] = [];
  for (const kind of KINDS) {
    const candidates = mutantsOf(solution).filter(
      (mutant) => mutant.kind === kind && isHard(mutant) && isApart(mutant, faults),
    );
    while (candidates.length > 0) {
      const [mutant] = candidates.splice(Math.floor(random() * candidates.length), 1);
      if (verdictOf(checkText(lesson, 'config.alloy', mutant!.text).findings) !== 'failed') continue;
      faults.push(mutant!);
      break;
    }
  }
  const text = faults
    .toSorted((a, b) => b.at - a.at)
    .reduce((text, { at, length, by }) => text.slice(0, at) + by + text.slice(at + length), solution);
  return { text, faults };
}

/** Not one that a glance at the syntax reveals. */
const isHard = ({ kind, what, missing }: Mutant) =>
  !what.includes('misspelt') && (kind !== 'component' || missing !== undefined);

const isApart = ({ at, length }: Mutant, others: Mutant[]) =>
  others.every((other) => at + length < other.at - 40 || other.at + other.length < at - 40);
