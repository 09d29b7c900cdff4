import type { Signal } from '../alloy/graph.ts';

// What a lesson wants, as data. It names what has to come out, and leaves labels, order, formatting, further components and
// the way free.

/** What a value has to be: equal to this, or as described. */
export type Test =
  | string
  | number
  | boolean
  /** Some text in it, or in one of its items, matches. */
  | { pattern: RegExp }
  /** Numbers, durations ("10m") and sizes ("300MiB"). */
  | { atLeast: number | string; atMost?: number | string };

/** Components: of one of these kinds, whose attributes pass. */
export type Select = { kind: string | readonly string[]; where?: Record<string, Test> } | { anyOf: readonly Select[] };

/** What is sent in. Without one: the targets that the component lists itself. */
export type Input = {
  labels?: Record<string, string>;
  line?: string;
  attributes?: Record<string, string>;
};

/** The expected output. `null`: must not be there. */
export type Outcome = {
  labels?: Record<string, string | null>;
  /** There may be no other labels. */
  onlyLabels?: readonly string[];
  line?: RegExp;
  lineWithout?: RegExp;
  timestamp?: number;
  metadata?: Record<string, string>;
  attributes?: Record<string, string | null>;
  attributesWithout?: RegExp;
  dropped?: boolean;
  /** How often it arrives: once, unless this says otherwise. */
  times?: number;
};

export type Requirement = { id: string } & (
  | { type: 'exists'; of: Select }
  /** One component of these has an attribute that passes. */
  | { type: 'value'; of: Select; attribute: string; is: Test }
  /** Among the values of an attribute, which may be there several times, are these and not those. */
  | { type: 'values'; of: Select; attribute: string; include: readonly string[]; exclude?: RegExp; optional?: boolean }
  /** Something gets from one to the other, through others in this order; `always`: there is no way around them. */
  | { type: 'flow'; from: Select; to: Select; through?: readonly Select[]; always?: boolean; signal?: Signal }
  /** Each of these refers to one of those in an attribute. */
  | { type: 'uses'; of: Select; attribute: string; uses: Select }
  /** One of them is enough. */
  | { type: 'any'; of: readonly Requirement[] }
  | { type: 'no-flow'; from: Select; to: Select; signal?: Signal }
  | { type: 'outcome'; from: Select; to: Select; input?: Input; expect: Outcome; signal?: Signal }
);
