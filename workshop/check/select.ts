import { defaultOf } from '../alloy/defaults.ts';
import { isKnown, isRecord, Ref, type Value } from '../alloy/evaluate.ts';
import type { Graph, Node, Place } from '../alloy/graph.ts';
import type { Select, Test } from './requirement.ts';

export type Answer = 'yes' | 'no' | 'unknown';

export function test(value: Value, wanted: Test): Answer {
  if (!isKnown(value)) return typeof wanted === 'object' && 'pattern' in wanted ? testParts(value, wanted) : 'unknown';
  if (typeof wanted !== 'object') return value === wanted ? 'yes' : 'no';
  if ('pattern' in wanted) return testParts(value, wanted);
  const amount = amountOf(value);
  if (wanted.zeroIsEndless && amount === 0) return 'yes';
  const [least, most] = [amountOf(wanted.atLeast), amountOf(wanted.atMost ?? Number.POSITIVE_INFINITY)];
  return amount !== undefined && amount >= least! && amount <= most! ? 'yes' : 'no';
}

/** One string in a list or a map is enough. */
function testParts(value: Value, wanted: { pattern: RegExp }): Answer {
  // Targets discovered by another component are not listed here.
  if (value instanceof Ref && ['targets', 'output'].includes(value.field)) return 'no';
  if (typeof value === 'string') return wanted.pattern.test(value) ? 'yes' : 'no';
  if (typeof value === 'number') return wanted.pattern.test(String(value)) ? 'yes' : 'no';
  const parts = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : undefined;
  if (!parts) return isKnown(value) ? 'no' : 'unknown';
  const answers = parts.map((part) => testParts(part, wanted));
  return answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
}

const UNITS: Record<string, number> = {
  ...{ ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 },
  ...{ B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
};

/** 600 for 600, "600", "10m" and "10m0s"; undefined for anything that is not an amount. */
export function amountOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (!/^(\d+(\.\d+)?[a-zµA-Z]+)+$/.test(value)) return undefined;
  let sum = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)([a-zµA-Z]+)/g)) {
    if (!(unit! in UNITS)) return undefined;
    sum += Number(number) * UNITS[unit!]!;
  }
  return sum;
}

/** The alternatives of a selection. */
const simple = (select: Select): Exclude<Select, { anyOf: unknown }>[] =>
  'anyOf' in select ? select.anyOf.flatMap(simple) : [select];

const isOfKind = ({ kind }: Node, kinds: string | readonly string[]) =>
  typeof kinds === 'string' ? kind === kinds : kinds.includes(kind);

type Found = { nodes: Node[]; undecided: { node: Node; at: Place }[]; wrong: Wrong[] };

/** A component of this kind, and the attribute that doesn't match. */
export type Wrong = { node: Node; attribute: string; wrongAttributes: number };

/** Components that match, those that only Alloy can tell about, and those of the kind that don't match. */
export function find(graph: Graph, select: Select): Found {
  const found: Found = { nodes: [], undecided: [], wrong: [] };
  for (const { kind, where = {} } of simple(select)) {
    for (const node of graph.nodes.values()) {
      if (!isOfKind(node, kind)) continue;
      const answers = Object.entries(where).map(([attribute, wanted]) => ({
        attribute,
        ...ask(node, attribute, wanted),
      }));
      const wrong = answers.filter(({ answer }) => answer === 'no');
      if (answers.every(({ answer }) => answer === 'yes')) found.nodes.push(node);
      else if (wrong.length === 0) found.undecided.push({ node, at: answers[0]!.at });
      // A component that uses another component's targets was not meant to list any.
      else if (wrong.some(({ attribute }) => isReference(node, attribute))) continue;
      else found.wrong.push({ node, attribute: wrong[0]!.attribute, wrongAttributes: wrong.length });
    }
  }
  // What one alternative rejects, another may accept.
  found.undecided = found.undecided.filter(({ node }) => !found.nodes.includes(node));
  return found;
}

const isReference = (node: Node, attribute: string) => {
  const items = node.items(attribute);
  return items.length > 0 && items.every(({ value }) => value instanceof Ref);
};

function ask(node: Node, attribute: string, wanted: Test): { answer: Answer; at: Place } {
  const values = node.values(attribute);
  const preset = defaultOf(node, attribute);
  const effective = values.length === 0 && preset !== undefined ? [preset] : values.map(({ value }) => value);
  const answers = effective.map((value) => test(value, wanted));
  const answer = answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
  return { answer, at: values[0]?.at ?? node.at };
}

export const nameOf = (select: Select): string => {
  const [{ kind }] = simple(select) as [{ kind: string | readonly string[] }];
  return typeof kind === 'string' ? kind : kind[0]!;
};

/** Whether a single value from a component's list matches as well as the component did. */
export function passesAlone(value: Value, select: Select, attribute: string): boolean {
  return simple(select).some(
    ({ where = {} }) => where[attribute] !== undefined && test(value, where[attribute]) === 'yes',
  );
}
