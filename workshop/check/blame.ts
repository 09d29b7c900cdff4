import type { Edge, Graph, Node, Place, Signal } from '../alloy/graph.ts';
import { closest } from '../alloy/names.ts';
import { nodesOf, outgoing, type Path } from './paths.ts';
import type { Outcome } from './requirement.ts';
import type { Sample } from './sample.ts';

// Which line to look at. A wrong connection is found where the way to a component that should be on it would branch off.

const dataEdges = (graph: Graph): Edge[] => graph.edges.filter(({ signal }) => signal !== 'config');

const hasInput = (graph: Graph, node: Node) => dataEdges(graph).some(({ to }) => to === node.id);

/** The attribute by which a component sends on, or, where it has none, the component. */
function wayOut(graph: Graph, node: Node, signal: Signal | undefined): Place {
  const edge = outgoing(graph, node, signal).find(({ owner }) => owner === node.id);
  if (edge) return edge.at;
  const names = signal
    ? [`output/${signal}`, 'forward_to', 'write_to']
    : ['forward_to', 'write_to', 'output/traces', 'output/metrics', 'output/logs'];
  const place = names.flatMap((name) => node.values(name))[0]?.at;
  const output = node.settings.blocks.find(({ name }) => name === 'output');
  return place ?? output?.at ?? node.at;
}

export function blameFlow(
  graph: Graph,
  starts: Node[],
  stations: ReadonlySet<Node>[],
  ends: ReadonlySet<Node>,
  signal: Signal | undefined,
  paths: Path[],
): { at: Place; stuck: string } {
  const reached = reachable(graph, starts, signal);
  // The first station, or the end, that nothing reaches.
  const goals = [...stations, ends];
  const goal = goals.find((goal) => ![...goal].some((node) => reached.has(node))) ?? goals[0]!;
  const before = goals[goals.indexOf(goal) - 1];
  const origin = before ? [...before].filter((node) => reached.has(node)) : starts;
  // A component that takes its input by itself (targets) says so in its own attribute.
  const taking = [...goal].find((node) => node.values('targets').length > 0 && !reached.has(node));
  if (
    taking &&
    !origin.some(({ kind }) => /receiver|source|relabel$|process/.test(kind) && !kind.startsWith('discovery'))
  ) {
    return { at: taking.values('targets')[0]!.at, stuck: taking.id };
  }
  const candidates = [...reachable(graph, origin, signal)].filter((node) => !ends.has(node));
  const stuck = deadEnd(graph, candidates, goal, signal) ?? origin[0] ?? starts[0]!;
  if (paths.length > 0 && stations.length > 0) {
    const bypass = bypassed(graph, paths[0]!, [...goal][0]);
    if (bypass) return { at: bypass.at, stuck: bypass.from };
  }
  return { at: wayOut(graph, stuck, signal), stuck: stuck.id };
}

function reachable(graph: Graph, starts: Node[], signal: Signal | undefined): Set<Node> {
  const seen = new Set(starts);
  const queue = starts.map((node) => ({ node, signal }));
  for (const { node, signal } of queue) {
    for (const edge of outgoing(graph, node, signal)) {
      const next = graph.nodes.get(edge.to)!;
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push({ node: next, signal: next.kind.startsWith('otelcol.processor') ? edge.signal : undefined });
    }
  }
  return seen;
}

/** The farthest component that sends nowhere; best one that hands on what the goal takes. */
function deadEnd(graph: Graph, nodes: Node[], goal: ReadonlySet<Node>, signal: Signal | undefined): Node | undefined {
  const ends = nodes.filter((node) => outgoing(graph, node, signal).length === 0);
  const space = (node: Node) => node.kind.split('.')[0];
  const goalSpaces = new Set([...goal].map(space));
  return ends.findLast((node) => goalSpaces.has(space(node))) ?? ends.at(-1) ?? nodes.at(-1);
}

/** The connection of a path that goes past a component, which leads onto that path itself. */
function bypassed(graph: Graph, path: Path, node: Node | undefined): Edge | undefined {
  if (!node) return undefined;
  const ahead = reachable(graph, [node], undefined);
  return path.edges.find(({ to }) => ahead.has(graph.nodes.get(to)!));
}

const CHANGES = /\.relabel$|^loki\.process$|^otelcol\.processor\.(attributes|transform|filter)$/;

export function blameOutcome(
  graph: Graph,
  path: Path,
  sample: Sample | undefined,
  key: string,
  expect: Outcome,
): Place {
  const touched = sample?.touched ?? {};
  if (touched[key]) return touched[key];
  const nodes = nodesOf(graph, path);
  const orphan = [...graph.nodes.values()].find(
    (node) => CHANGES.test(node.kind) && !nodes.includes(node) && !hasInput(graph, node),
  );
  const bypass = bypassed(graph, path, orphan);
  if (bypass) return bypass.at;
  const wanted = new Set(Object.keys(expect.labels ?? {}));
  const near = closest(
    key,
    Object.keys(touched).filter((name) => !wanted.has(name)),
  );
  if (near) return touched[near]!;
  const changing = nodes.find(({ kind }) => CHANGES.test(kind));
  return changing?.at ?? path.edges.at(-1)?.at ?? path.start.at;
}
