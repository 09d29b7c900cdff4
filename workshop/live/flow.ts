import type { Edge, Graph, Node } from '../alloy/graph.ts';
import type { Finding } from '../check/finding.ts';
import { pathsBetween } from '../check/paths.ts';
import type { Requirement } from '../check/requirement.ts';
import { find } from '../check/select.ts';
import { ask } from './ask.ts';

// Finds where data stops on its way, from Alloy's counters for each component.

/** The counters of each component, by its ID. */
export type Counts = Map<string, { in: number | undefined; out: number | undefined }>;

/** The counters in Alloy's metrics for data that a kind of component received and forwarded. */
const COUNTERS: [kind: RegExp, takenIn: RegExp | undefined, passedOn: RegExp | undefined][] = [
  [/^prometheus\.scrape$/, undefined, /^prometheus_forwarded_samples_total$/],
  [
    /^prometheus\.relabel$/,
    /^prometheus_relabel_metrics_processed(_total)?$/,
    /^prometheus_relabel_metrics_written(_total)?$/,
  ],
  [
    /^prometheus\.remote_write$/,
    /^prometheus_remote_write_wal_samples_appended_total$/,
    /^prometheus_remote_storage_samples_total$/,
  ],
  [/^loki\.source\.api$/, undefined, /^loki_source_api_entries_written(_total)?$/],
  [/^loki\.source\.docker$/, undefined, /^loki_source_docker_target_entries_total$/],
  [/^loki\.write$/, undefined, /^loki_write_sent_entries_total$/],
  [/^otelcol\.receiver\./, undefined, /^otelcol_receiver_accepted_(spans|log_records|metric_points)_total$/],
  [/^otelcol\.processor\./, /^otelcol_processor_incoming_items_total$/, /^otelcol_processor_outgoing_items_total$/],
  [
    /^otelcol\.exporter\.(otlp|otlphttp)$/,
    undefined,
    /^otelcol_exporter_sent_(spans|log_records|metric_points)_total$/,
  ],
  [/^pyroscope\.write$/, undefined, /^pyroscope_write_sent_profiles_total$/],
];

/** All counters that are used. */
export const COUNTED: RegExp[] = COUNTERS.flatMap(([, takenIn, passedOn]) =>
  [takenIn, passedOn].filter((pattern) => pattern !== undefined),
);

export async function readCounts(alloy: string, graph: Graph): Promise<Counts> {
  const response = await ask(`${alloy}/metrics`);
  return countsIn(await response.text(), graph);
}

export function countsIn(metrics: string, graph: Graph): Counts {
  const sums = new Map<string, Map<string, number>>();
  for (const [, name, labels, value] of metrics.matchAll(/^(\w+)\{([^}]*)\} (\S+)$/gm)) {
    const id = /component_id="([^"]+)"/.exec(labels!)?.[1];
    if (id === undefined) continue;
    const ofComponent = sums.get(id) ?? new Map<string, number>();
    ofComponent.set(name!, (ofComponent.get(name!) ?? 0) + Number(value));
    sums.set(id, ofComponent);
  }
  const counts: Counts = new Map();
  for (const { id, kind } of graph.nodes.values()) {
    const [, takenIn, passedOn] = COUNTERS.find(([pattern]) => pattern.test(kind)) ?? [];
    const sum = (pattern: RegExp | undefined) => {
      const found = [...(sums.get(id) ?? [])].filter(([name]) => pattern?.test(name));
      return pattern && found.length > 0 ? found.reduce((sum, [, value]) => sum + value, 0) : undefined;
    };
    counts.set(id, { in: sum(takenIn), out: sum(passedOn) });
  }
  return counts;
}

/** For each path that the lesson requires: the first connection without traffic between two readings of the counters. */
export function checkFlow(
  graph: Graph,
  requirements: readonly Requirement[],
  before: Counts,
  after: Counts,
): Finding[] {
  const grown = (id: string, way: 'in' | 'out') => {
    const now = after.get(id)?.[way];
    return now === undefined ? undefined : now - (before.get(id)?.[way] ?? 0) > 0;
  };
  return requirements.flatMap((requirement) => {
    if (requirement.type !== 'flow') return [];
    const [path] = pathsBetween(
      graph,
      find(graph, requirement.from).nodes,
      new Set(find(graph, requirement.to).nodes),
      requirement.signal,
    );
    if (!path) return [];
    const result = (verdict: Finding['verdict'], code: string, args: Finding['args'], at = path.start.at): Finding => ({
      ...{ layer: 'flow', verdict, code, args, at, requirement: requirement.id },
    });
    const stopped = firstStop(graph, path.edges, grown);
    if (!stopped) return [result('passed', 'flows', {})];
    if (stopped === 'no-traffic') return [result('unknown', 'no-traffic', { component: path.start.id })];
    return [result('failed', 'no-flow-here', { from: stopped.from, to: stopped.to }, stopped.at)];
  });
}

function firstStop(
  graph: Graph,
  edges: Edge[],
  grown: (id: string, way: 'in' | 'out') => boolean | undefined,
): Edge | 'no-traffic' | undefined {
  let seen = false;
  for (const edge of edges) {
    const sent = grown(edge.from, 'out');
    if (sent === false) return seen ? before(edges, edge) : 'no-traffic';
    if (sent) seen = true;
    if (seen && grown(edge.to, 'in') === false) return edge;
  }
  const last = edges.at(-1);
  if (last && seen && grown(last.to, 'out') === false && isEnd(graph.nodes.get(last.to)!)) return last;
  return seen ? undefined : 'no-traffic';
}

const before = (edges: Edge[], edge: Edge) => edges[Math.max(0, edges.indexOf(edge) - 1)]!;

const isEnd = ({ kind }: Node) => /write$|exporter\.otlp/.test(kind);
