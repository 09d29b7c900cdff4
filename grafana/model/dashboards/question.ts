import type { Range } from './range.ts';
import type { Panel, Target } from './read.ts';
import type { Values } from './variables.ts';

/** A query of a panel, with the values of the dashboard's variables and the time range. */
export type Question = { panel: Panel; target: Target; values: Values; range: Range };
