import { isKnown } from '../alloy/evaluate.ts';
import type { Graph, Node, Place } from '../alloy/graph.ts';
import { closest } from '../alloy/names.ts';
import { blameFlow, blameOutcome } from './blame.ts';
import type { Finding } from './finding.ts';
import { compare } from './outcome.ts';
import { nodesOf, type Path, pathsBetween, twins } from './paths.ts';
import type { Requirement, Select } from './requirement.ts';
import { CannotTell, type Sample } from './sample.ts';
import { find, nameOf, test } from './select.ts';
import { simulate } from './simulate.ts';

type Of<T extends Requirement['type']> = Extract<Requirement, { type: T }>;

/** Does the configuration do what the lesson requires? One finding for each requirement. */
export function checkIntent(graph: Graph, requirements: readonly Requirement[]): Finding[] {
  return requirements.map((requirement) => checkRequirement(graph, requirement));
}

export function checkRequirement(graph: Graph, requirement: Requirement): Finding {
  const result = (verdict: Finding['verdict'], code: string, args: Finding['args'], at?: Place): Finding => ({
    ...{ layer: 'intent', verdict, code, args, at, requirement: requirement.id },
  });
  try {
    return check(graph, requirement, result);
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return result('unknown', 'not-foreseen', { what: error.what }, error.place);
  }
}

type Result = (verdict: Finding['verdict'], code: string, args: Finding['args'], at?: Place) => Finding;

function check(graph: Graph, requirement: Requirement, result: Result): Finding {
  if (requirement.type === 'any') {
    const findings = requirement.of.map((alternative) => checkRequirement(graph, alternative));
    return (
      findings.find(({ verdict }) => verdict === 'passed') ??
      findings.find(({ verdict }) => verdict === 'unknown') ??
      findings[0]!
    );
  }
  const selects =
    requirement.type === 'exists' || 'of' in requirement ? [requirement.of] : [requirement.from, requirement.to];
  for (const select of selects) {
    const missing = requirement.type === 'no-flow' ? undefined : missingComponent(graph, select, result);
    if (missing) return missing;
  }
  switch (requirement.type) {
    case 'exists':
      return result('passed', 'exists', { kind: nameOf(requirement.of) });
    case 'value':
      return checkValue(graph, requirement, result);
    case 'values':
      return checkValues(graph, requirement, result);
    case 'uses':
      return checkUses(graph, requirement, result);
    case 'flow':
      return checkFlow(graph, requirement, result);
    case 'no-flow':
      return checkNoFlow(graph, requirement, result);
    case 'outcome':
      return checkOutcome(graph, requirement, result);
  }
}

/** There is no component of that kind; or there are some, but none with the right attributes. */
function missingComponent(graph: Graph, select: Select, result: Result): Finding | undefined {
  const { nodes, undecided, wrong } = find(graph, select);
  if (nodes.length > 0) return undefined;
  if (undecided[0]) return result('unknown', 'computed-value', { component: undecided[0].node.id }, undecided[0].at);
  // The component whose attributes match best is the one that was meant.
  const [best] = wrong.toSorted((a, b) => a.wrongAttributes - b.wrongAttributes);
  return best
    ? wrongValue(best.node, best.attribute, result)
    : result('failed', 'missing-component', { kind: nameOf(select) });
}

function wrongValue(node: Node, attribute: string, result: Result): Finding {
  const values = node.values(attribute);
  if (values.length === 0)
    return result('failed', 'missing-attribute', { component: node.id, attribute }, nearest(node, attribute));
  const given = values.map(({ value }) => (isKnown(value) ? JSON.stringify(value) : '…')).join(', ');
  return result('failed', 'wrong-value', { component: node.id, attribute, given }, values[0]!.at);
}

/** For a missing attribute: the block that it belongs into. */
function nearest(node: Node, attribute: string): Place {
  let { settings } = node;
  for (const name of attribute.split('/').slice(0, -1)) {
    const inner = settings.blocks.find((block) => block.name === name);
    if (!inner) break;
    settings = inner;
  }
  return settings.at;
}

function checkValue(graph: Graph, { of, attribute, is }: Of<'value'>, result: Result): Finding {
  const { nodes } = find(graph, of);
  const values = nodes.flatMap((node) => node.values(attribute).map((found) => ({ node, ...found })));
  const answers = values.map((found) => ({ ...found, answer: test(found.value, is) }));
  const passed = answers.find(({ answer }) => answer === 'yes');
  if (passed) return result('passed', 'value', { component: passed.node.id, attribute }, passed.at);
  const unknown = answers.find(({ answer }) => answer === 'unknown');
  if (unknown) return result('unknown', 'computed-value', { component: unknown.node.id, attribute }, unknown.at);
  return wrongValue((values[0] ?? { node: nodes[0]! }).node, attribute, result);
}

function checkValues(graph: Graph, { of, attribute, include }: Of<'values'>, result: Result): Finding {
  const [node] = find(graph, of).nodes;
  const values = node!.values(attribute);
  const open = values.find(({ value }) => !isKnown(value));
  if (open) return result('unknown', 'computed-value', { component: node!.id, attribute }, open.at);
  const names = values.flatMap(({ value, at }) => [value].flat(1).map((value) => ({ value: String(value), at })));
  const missing = include.find((wanted) => !names.some(({ value }) => value === wanted));
  if (missing === undefined) return result('passed', 'values', { component: node!.id, attribute });
  const surplus = names.filter(({ value }) => !include.includes(value));
  const near = closest(
    missing,
    surplus.map(({ value }) => value),
  );
  const at = surplus.find(({ value }) => value === near)?.at ?? values[0]?.at ?? nearest(node!, attribute);
  return result('failed', 'missing-value', { component: node!.id, attribute, wanted: missing, given: near ?? '' }, at);
}

function checkUses(graph: Graph, { of, attribute, uses }: Of<'uses'>, result: Result): Finding {
  const missing = missingComponent(graph, uses, result);
  if (missing) return missing;
  const used = new Set(find(graph, uses).nodes.map(({ id }) => id));
  for (const node of find(graph, of).nodes) {
    const edges = graph.edges.filter((edge) => edge.owner === node.id && edge.attribute === attribute);
    if (edges.some(({ from }) => used.has(from))) return result('passed', 'uses', { component: node.id, attribute });
  }
  const [node] = find(graph, of).nodes;
  return wrongValue(node!, attribute, result);
}

function checkFlow(graph: Graph, requirement: Of<'flow'>, result: Result): Finding {
  const { from, to, through = [], always, signal } = requirement;
  const starts = find(graph, from).nodes;
  const ends = new Set(find(graph, to).nodes);
  const paths = pathsBetween(graph, starts, ends, signal);
  const stations = through.map((select) => new Set(find(graph, select).nodes));
  const complete = paths.find((path) => passesThrough(graph, path, stations));
  const around = always && complete && paths.find((path) => !passesThrough(graph, path, stations));
  const args = { from: starts[0]!.id, to: [...ends][0]!.id };
  if (around) {
    const at = wayAround(graph, around, complete).at;
    return result('failed', 'way-around', { ...args, through: through.map(nameOf) }, at);
  }
  const [first, second] = twins(graph, complete ? paths : []) ?? [];
  if (first && second) {
    return result('failed', 'twice', { ...args, to: second.end.id, times: 2 }, wayAround(graph, second, first).at);
  }
  if (complete) return result('passed', 'flow', args);
  for (const select of through) {
    const missing = missingComponent(graph, select, result);
    if (missing) return missing;
  }
  const { at, stuck } = blameFlow(graph, starts, stations, ends, signal);
  return result(
    'failed',
    paths.length > 0 ? 'wrong-way' : 'no-way',
    { ...args, stuck, through: through.map(nameOf) },
    at,
  );
}

/** Where two paths diverge. */
function wayAround(graph: Graph, around: Path, complete: Path): { at: Place } {
  return around.edges.find((edge, index) => edge !== complete.edges[index]) ?? nodesOf(graph, around)[0]!;
}

function passesThrough(graph: Graph, path: Path, stations: Set<Node>[]): boolean {
  let index = 0;
  for (const node of nodesOf(graph, path)) if (stations[index]?.has(node)) index++;
  return index === stations.length;
}

function checkNoFlow(graph: Graph, { from, to, signal }: Of<'no-flow'>, result: Result): Finding {
  const starts = find(graph, from).nodes;
  const [path] = pathsBetween(graph, starts, new Set(find(graph, to).nodes), signal);
  if (!path) return result('passed', 'no-flow', {});
  return result(
    'failed',
    'unwanted-way',
    { from: path.start.id, to: path.end.id },
    path.edges.at(-1)?.at ?? path.start.at,
  );
}

function checkOutcome(graph: Graph, requirement: Of<'outcome'>, result: Result): Finding {
  const { from, to, signal, input, expect } = requirement;
  const starts = find(graph, from).nodes;
  const ends = new Set(find(graph, to).nodes);
  const paths = pathsBetween(graph, starts, ends, signal);
  const args = { from: starts[0]!.id, to: [...ends][0]!.id };
  if (paths.length === 0) {
    const { at, stuck } = blameFlow(graph, starts, [], ends, signal);
    return result('failed', 'no-way', { ...args, stuck, through: [] }, at);
  }
  const arrivals: Arrival[] = [];
  let dropped: Place | undefined;
  for (const path of paths) {
    for (const sample of simulate(graph, path, input, from)) {
      dropped ??= sample.dropped;
      if (sample.dropped) continue;
      arrivals.push({ path, sample });
      const [difference] = compare(sample, expect);
      if (difference) {
        const { key, wanted, given } = difference;
        return result(
          'failed',
          difference.code,
          { ...args, name: difference.name, wanted, given },
          blameOutcome(graph, path, sample, key, expect),
        );
      }
    }
  }
  const [first] = arrivals;
  if (expect.dropped) {
    if (!first) return result('passed', 'outcome', args);
    return result('failed', 'not-dropped', args, blameOutcome(graph, first.path, first.sample, '', expect));
  }
  // On several paths, each may take a part of the data.
  if (!first) return result('failed', 'dropped', args, dropped);
  const [same = []] = alike(arrivals, input !== undefined);
  const [one, two] = same;
  if (!one || !two) return result('passed', 'outcome', args);
  return result('failed', 'twice', { ...args, times: same.length }, wayAround(graph, two.path, one.path).at);
}

type Arrival = { path: Path; sample: Sample };

/** Arrivals of the same data: all of one input, or targets with the same labels. */
function alike(arrivals: Arrival[], hasInput: boolean): Arrival[][] {
  const groups = Object.groupBy(arrivals, ({ sample: { labels } }) =>
    hasInput ? 'input' : JSON.stringify(Object.entries(labels).toSorted()),
  );
  return Object.values(groups).flatMap((group) => (group && group.length > 1 ? [group] : []));
}
