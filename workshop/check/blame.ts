import { COMPONENTS, receives, sends } from '../alloy/components.ts';
import { Ref } from '../alloy/evaluate.ts';
import type { Edge, Graph, Node, Place, Signal } from '../alloy/graph.ts';
import { closest } from '../alloy/names.ts';
import { nodesOf, outgoing, type Path } from './paths.ts';
import type { Outcome } from './requirement.ts';
import type { Sample } from './sample.ts';

// Finds the line to look at.

/**
 * Why data doesn't get from one group of components through others to the last: the place of the first connection that is
 * missing.
 */
export function blameFlow(
  graph: Graph,
  starts: Node[],
  stations: readonly ReadonlySet<Node>[],
  ends: ReadonlySet<Node>,
  signal: Signal | undefined,
): { at: Place; stuck: string } {
  let from = starts;
  for (const goal of [...stations, ends]) {
    const reached = reachable(graph, from, signal);
    const hit = [...goal].filter((node) => reached.has(node));
    if (hit.length === 0) return missingConnection(graph, from, reached, goal, signal);
    from = hit;
  }
  return { at: from[0]!.at, stuck: from[0]!.id };
}

function missingConnection(
  graph: Graph,
  from: Node[],
  reached: ReadonlySet<Node>,
  goal: ReadonlySet<Node>,
  signal: Signal | undefined,
): { at: Place; stuck: string } {
  const entries = entriesTo(graph, goal, reached);
  // A component that scrapes targets reports whose.
  const asking = entries.find((node) => isUnfed(node) && [...reached].some(offersTargets));
  if (asking) return { at: asking.values('targets')[0]!.at, stuck: asking.id };
  const able = [...reached].filter((node) => !goal.has(node) && entries.some((entry) => fits(node, entry, signal)));
  const unused = able.findLast((node) => outgoing(graph, node, signalFor(node, signal)).length === 0);
  const around = unused ? undefined : wayAround(graph, able, entries, signal);
  if (around) return { at: around.at, stuck: around.from };
  const last = [...reached].at(-1) ?? from[0]!;
  const stuck = unused ?? able[0] ?? last;
  return { at: wayOut(graph, stuck, signalFor(stuck, signal)), stuck: stuck.id };
}

const offersTargets = ({ kind }: Node) => Object.values(COMPONENTS[kind] ?? {}).includes('Targets');

/** It has targets, but does not list any itself. */
const isUnfed = (node: Node) =>
  node.values('targets').length > 0 && node.items('targets').every(({ value }) => value instanceof Ref);

/** A connection that bypasses these components and leads to where they lead. */
function wayAround(graph: Graph, able: Node[], entries: Node[], wanted: Signal | undefined): Edge | undefined {
  const ahead = reachable(graph, entries, undefined);
  return graph.edges.find(
    ({ owner, from, to, signal }) =>
      owner === from &&
      signal !== 'config' &&
      (signalFor(graph.nodes.get(from)!, wanted) ?? signal) === signal &&
      able.some(({ id }) => id === from) &&
      ahead.has(graph.nodes.get(to)!) &&
      !ahead.has(graph.nodes.get(from)!),
  );
}

const signalFor = ({ kind }: Node, signal: Signal | undefined) =>
  /^otelcol\.(receiver|processor)|^faro|^(receivers|processors)\./.test(kind) ? signal : undefined;

/** The goal, or components on the way to it, that nothing sends to. */
function entriesTo(graph: Graph, goal: ReadonlySet<Node>, reached: ReadonlySet<Node>): Node[] {
  const ahead = new Set(goal);
  for (const node of ahead) {
    for (const { from, to, signal } of graph.edges) {
      const before = graph.nodes.get(from)!;
      if (to === node.id && signal !== 'config' && !reached.has(before)) ahead.add(before);
    }
  }
  const isEntry = (node: Node) => !graph.edges.some(({ to, signal }) => to === node.id && signal !== 'config');
  const entries = [...ahead].filter((node) => isEntry(node) && (receives(node.kind).length > 0 || isUnfed(node)));
  return entries.length > 0 ? [...entries, ...goal] : [...goal];
}

/** Whether one can send to the other, by the receiver's export types. A connector turns traces into another signal. */
const fits = (sender: Node, receiver: Node, signal: Signal | undefined) =>
  receives(receiver.kind).some((type) => sends(sender.kind).includes(type)) &&
  !(
    signal === 'traces' &&
    sender.kind.startsWith('otelcol.connector.') &&
    !/exporter\.(prometheus|loki)/.test(receiver.kind)
  );

/** The attribute through which a component sends; the component itself, if it has none. */
function wayOut(graph: Graph, node: Node, signal: Signal | undefined): Place {
  if (node.out) return node.out;
  const edge = outgoing(graph, node, signal).find(({ owner }) => owner === node.id);
  if (edge && edge.attribute !== 'targets') return node.values(edge.attribute)[0]?.at ?? edge.at;
  const names = signal
    ? [`output/${signal}`, 'forward_to']
    : ['forward_to', 'write_to', 'output/traces', 'output/logs', 'output/metrics'];
  const place = names.flatMap((name) => node.values(name))[0]?.at;
  const output = node.settings.blocks.find(({ name }) => name === 'output');
  return place ?? output?.at ?? node.at;
}

function reachable(graph: Graph, starts: Node[], signal: Signal | undefined): Set<Node> {
  const seen = new Set(starts);
  const queue = starts.map((node) => ({ node, signal: signalFor(node, signal) }));
  for (const { node, signal } of queue) {
    for (const edge of outgoing(graph, node, signal)) {
      const next = graph.nodes.get(edge.to)!;
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push({ node: next, signal: /^otelcol\.processor|^processors\./.test(next.kind) ? edge.signal : undefined });
    }
  }
  return seen;
}

const CHANGES = /\.relabel$|^loki\.process$|^otelcol\.processor\.(attributes|transform|filter)$/;

/** Why the arriving data is wrong. */
export function blameOutcome(
  graph: Graph,
  path: Path,
  sample: Sample | undefined,
  key: string,
  expect: Outcome,
): Place {
  const { touched = {}, named = {} } = sample ?? {};
  const nodes = nodesOf(graph, path);
  const bypass = orphans(graph, nodes).flatMap((orphan) => bypassed(graph, path, orphan) ?? []);
  const expected = new Set(Object.keys(expect.labels ?? {}));
  const near = closest(
    key,
    Object.keys(named).filter((name) => !expected.has(name) && name !== key),
  );
  if (expect.dropped && touched.kept) return touched.kept;
  if (near && named[near] && !bypass[0]) return named[near];
  if (touched[key]) return touched[key];
  if (touched[`left ${key}`]) return touched[`left ${key}`]!;
  if (bypass[0]) return bypass[0].at;
  const changing = nodes.filter(({ kind }) => CHANGES.test(kind));
  const idle = changing.find(({ settings }) => settings.blocks.every(({ name }) => name === 'output'));
  return (idle ?? changing[0])?.at ?? touched.__address__ ?? path.edges.at(-1)?.at ?? path.start.at;
}

/** Components that would change something, but that nothing sends to, or that send nowhere. */
function orphans(graph: Graph, onPath: Node[]): Node[] {
  const data = graph.edges.filter(({ signal }) => signal !== 'config');
  return [...graph.nodes.values()].filter(
    ({ id, kind }) =>
      CHANGES.test(kind) &&
      !onPath.some((node) => node.id === id) &&
      (!data.some(({ to }) => to === id) || !data.some(({ from }) => from === id)),
  );
}

/** The connection of a path that bypasses a component: one that leads onto that path, or one that gets the same data and ends there. */
function bypassed(graph: Graph, path: Path, node: Node): Edge | undefined {
  const [input] = graph.edges.filter(({ to, signal }) => to === node.id && signal !== 'config');
  if (input) return path.edges.find(({ from }) => from === input.from);
  const ahead = reachable(graph, [node], undefined);
  return path.edges.find(({ to }) => ahead.has(graph.nodes.get(to)!));
}
