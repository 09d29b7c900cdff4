import type { Edge, Graph, Node, Signal } from '../alloy/graph.ts';

/** A data path: the first component, and the connections after it. */
export type Path = { start: Node; edges: Edge[]; end: Node };

const MOST_PATHS = 200;

/** Components that pass on the signal they receive, and no other. */
const keepsSignal = (kind: string) => /^otelcol\.(processor|receiver)\.|^(processors|receivers)\./.test(kind);

/** Connections through which data of a signal leaves a component. */
export function outgoing(graph: Graph, node: Node, signal: Signal | undefined): Edge[] {
  return graph.edges.filter(
    ({ from, signal: carried }) =>
      from === node.id && carried !== 'config' && (!signal || carried === 'targets' || carried === signal),
  );
}

/** Every path from one of these components to one of those, without cycles. */
export function pathsBetween(graph: Graph, from: Node[], to: ReadonlySet<Node>, signal?: Signal): Path[] {
  const paths: Path[] = [];
  const walk = (start: Node, node: Node, edges: Edge[], signal: Signal | undefined) => {
    if (paths.length >= MOST_PATHS) return;
    if (to.has(node)) paths.push({ start, edges, end: node });
    for (const edge of outgoing(graph, node, signal)) {
      const next = graph.nodes.get(edge.to)!;
      if (next === start || edges.some(({ to }) => to === next.id)) continue;
      walk(start, next, [...edges, edge], keepsSignal(next.kind) ? edge.signal : undefined);
    }
  };
  for (const node of from) walk(node, node, [], signal);
  return paths;
}

/** Components that change neither how much data there is nor what it looks like. */
const PASSES_ALL =
  /^(otelcol\.)?(receivers?|exporters?)\.|^(otelcol\.)?processors?\.(batch|memory_limiter)$|^(prometheus\.remote_write|loki\.write)$/;

/** Two paths that carry the same data from the same start, so that it arrives twice. */
export function twins(graph: Graph, paths: readonly Path[]): [Path, Path] | undefined {
  for (const [index, path] of paths.entries()) {
    const nodes = nodesOf(graph, path);
    const twin = paths.slice(0, index).find((other) => {
      const others = nodesOf(graph, other);
      const apart = [
        ...nodes.filter((node) => !others.includes(node)),
        ...others.filter((node) => !nodes.includes(node)),
      ];
      return other.start === path.start && apart.every(({ kind }) => PASSES_ALL.test(kind));
    });
    if (twin) return [twin, path];
  }
  return undefined;
}

export const nodesOf = (graph: Graph, { start, edges }: Path): Node[] => [
  start,
  ...edges.map(({ to }) => graph.nodes.get(to)!),
];
