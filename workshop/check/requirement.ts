import type { Signal } from '../alloy/graph.ts';

// A lesson's requirements, as data. They specify the output, and leave labels, order, formatting, additional components and the
// path open.

/** What a value must be: equal to this, or as described. */
export type Test =
  | string
  | number
  | boolean
  /** A string in the value, or in one of its items, matches. */
  | { pattern: RegExp }
  /** Numbers, durations ("10m") and sizes ("300MiB"); `zeroIsEndless`: 0 means that there is no limit. */
  | { atLeast: number | string; atMost?: number | string; zeroIsEndless?: true };

/** Selects components: of one of these kinds, with matching attributes. */
export type Select = { kind: string | readonly string[]; where?: Record<string, Test> } | { anyOf: readonly Select[] };

/** The input. Without one: the targets that the component itself lists. */
export type Input = {
  labels?: Record<string, string>;
  line?: string;
  attributes?: Record<string, string>;
  /** A trace for a sampler to decide about. */
  trace?: { milliseconds: number; isError: boolean };
};

/** The expected output. `null`: must be absent. */
export type Outcome = {
  labels?: Record<string, string | null>;
  /** No other labels are allowed. */
  onlyLabels?: readonly string[];
  line?: RegExp;
  lineWithout?: RegExp;
  timestamp?: number;
  metadata?: Record<string, string>;
  attributes?: Record<string, string | null>;
  attributesWithout?: RegExp;
  dropped?: boolean;
};

export type Requirement = { id: string } & (
  | { type: 'exists'; of: Select }
  /** One of these components has an attribute that matches. */
  | { type: 'value'; of: Select; attribute: string; is: Test }
  /** The values of an attribute, which may occur several times, include these. */
  | { type: 'values'; of: Select; attribute: string; include: readonly string[] }
  /** Data gets from one to the other, through others in this order; `always`: there is no path around them. */
  | { type: 'flow'; from: Select; to: Select; through?: readonly Select[]; always?: boolean; signal?: Signal }
  /** Each of these references one of those in an attribute. */
  | { type: 'uses'; of: Select; attribute: string; uses: Select }
  /** One of them is enough. */
  | { type: 'any'; of: readonly Requirement[] }
  | { type: 'no-flow'; from: Select; to: Select; signal?: Signal }
  | { type: 'outcome'; from: Select; to: Select; input?: Input; expect: Outcome; signal?: Signal }
);

type Parts<T extends Requirement['type']> = Omit<
  Extract<Requirement, { type: T }>,
  'id' | 'type' | 'of' | 'from' | 'to'
>;

/** The same components, with more conditions. */
export const having = (select: Select, where: Record<string, Test>): Select =>
  'anyOf' in select
    ? { anyOf: select.anyOf.map((one) => having(one, where)) }
    : { ...select, where: { ...select.where, ...where } };

export const exists = (id: string, of: Select): Requirement => ({ id, type: 'exists', of });

export const value = (id: string, of: Select, attribute: string, is: Test): Requirement => ({
  ...{ id, type: 'value', of, attribute, is },
});

export const values = (id: string, of: Select, attribute: string, include: readonly string[]): Requirement => ({
  ...{ id, type: 'values', of, attribute, include },
});

export const flow = (id: string, from: Select, to: Select, more: Parts<'flow'> = {}): Requirement => ({
  ...{ id, type: 'flow', from, to, ...more },
});

export const outcome = (id: string, from: Select, to: Select, more: Parts<'outcome'>): Requirement => ({
  ...{ id, type: 'outcome', from, to, ...more },
});
