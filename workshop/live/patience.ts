import type { Graph, Node } from '../alloy/graph.ts';
import { amountOf } from '../check/select.ts';

// How long data may take through a configuration. Data that has not arrived by then is lost; before, it can't be known.

/** An attribute that delays data, in which kinds of components, and its default in seconds; without an attribute, the wait is fixed. */
type Wait = [kind: RegExp, attribute: string | undefined, preset: number];

/** The waits of each signal. */
const WAITS: Wait[][] = [
  [
    [/^prometheus\.scrape$/, 'scrape_interval', 60],
    [/^prometheus\.remote_write$/, 'endpoint/queue_config/batch_send_deadline', 5],
  ],
  [
    [/connectors?\.(spanmetrics|servicegraph)$/, 'metrics_flush_interval', 60],
    [/^prometheus\.remote_write$/, 'endpoint/queue_config/batch_send_deadline', 5],
  ],
  // Alloy takes new targets every 5 s. Then each waits for a share of the interval and for a whole one, before it is measured.
  [
    [/^pyroscope\.scrape$/, undefined, 5],
    [/^pyroscope\.scrape$/, 'scrape_interval', 15],
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

const waitOf = (node: Node, attribute: string | undefined, preset: number): number => {
  const [found] = attribute === undefined ? [] : node.values(attribute);
  // A computed value may be anything: better "can't tell" than a wrong "failed".
  return found ? (amountOf(found.value) ?? Number.POSITIVE_INFINITY) : preset;
};
