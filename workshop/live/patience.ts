import type { Graph, Node } from '../alloy/graph.ts';
import { amountOf } from '../check/select.ts';

// How long data may take through a configuration. Data that has not arrived by then is lost; before, it can't be known.

type Wait = [kind: RegExp, attribute: string, preset: number];

/** For each signal: attributes that delay data, in which kinds of components, and their defaults in seconds. */
const WAITS: Wait[][] = [
  [
    [/^prometheus\.scrape$/, 'scrape_interval', 60],
    [/^prometheus\.remote_write$/, 'endpoint/queue_config/batch_send_deadline', 5],
  ],
  [
    [/connectors?\.(spanmetrics|servicegraph)$/, 'metrics_flush_interval', 60],
    [/^prometheus\.remote_write$/, 'endpoint/queue_config/batch_send_deadline', 5],
  ],
  // Measuring a profile takes nearly the whole interval between two profiles.
  [
    [/^pyroscope\.scrape$/, 'scrape_interval', 15],
    [/^pyroscope\.scrape$/, 'delta_profiling_duration', 14],
  ],
  [
    [/processors?\.tail_sampling$/, 'decision_wait', 30],
    [/processors?\.batch$/, 'timeout', 1],
  ],
  [[/^loki\.write$/, 'endpoint/batch_wait', 1]],
];

/** For the programs themselves, on a busy machine. */
const MARGIN_SECONDS = 5;

export function patienceOf(graph: Graph): number {
  const nodes = [...graph.nodes.values()];
  const longest = ([kind, attribute, preset]: Wait) =>
    Math.max(0, ...nodes.filter((node) => kind.test(node.kind)).map((node) => waitOf(node, attribute, preset)));
  return Math.max(...WAITS.map((waits) => waits.map(longest).reduce((sum, seconds) => sum + seconds))) + MARGIN_SECONDS;
}

const waitOf = (node: Node, attribute: string, preset: number): number => {
  const [found] = node.values(attribute);
  // A computed value may be anything: better "can't tell" than a wrong "failed".
  return found ? (amountOf(found.value) ?? Number.POSITIVE_INFINITY) : preset;
};
