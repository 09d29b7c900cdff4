import flamegraph, { type FlameGraphChart, type FlameNode } from 'd3-flame-graph';
import { select } from 'd3-selection';
import { hash } from './hash.ts';
import { type Frame, UNZOOMED } from './stacks.ts';

/** d3-flame-graph, set up for the page. A separate module, because only the flame graph loads it. */
export type FlameChart = {
  search(text: string): void;
  resetZoom(): void;
  destroy(): void;
};

export type FlameOptions = {
  tree: Frame;
  /** The names from below the root to the frame that was zoomed to; new data leaves the zoom where it is. */
  zoomed: string[];
  onZoom: (path: string[]) => void;
  /** Called with undefined when the pointer leaves a frame. */
  onPoint: (frame: { name: string; value: number; x: number; y: number } | undefined) => void;
};

/** Draws a tree of frames, root on top, as wide as the element. */
export function drawFlames(place: HTMLElement, { tree, zoomed, onZoom, onPoint }: FlameOptions): FlameChart {
  // The library's own tooltip takes HTML, and names of functions come from outside.
  const tooltip = Object.assign(() => {}, {
    show: ({ clientX, clientY }: MouseEvent, { data }: FlameNode) =>
      onPoint({ name: data.name, value: data.value, x: clientX, y: clientY }),
    hide: () => onPoint(undefined),
    destroy: () => {},
  });
  const chart = flamegraph()
    .width(place.clientWidth)
    .cellHeight(20)
    .inverted(true)
    .minFrameSize(1)
    .transitionDuration(0)
    .tooltip(tooltip)
    .setSearchMatch((node, text) => text !== '' && node.data.name.toLowerCase().includes(text.toLowerCase()))
    .setSearchHandler(() => {})
    .setColorMapper((node) => (node.highlight ? 'var(--flame-found)' : colourOf(node.data.name)))
    .onClick((node) => onZoom(node.parent === null ? UNZOOMED : pathOf(node)));
  select(place).datum(structuredClone(tree)).call(chart);
  const target = zoomed.length > 0 && findNode(chart, zoomed);
  if (target) chart.zoomTo(target);
  return {
    search: (text) => (text === '' ? chart.clear() : chart.search(text)),
    resetZoom: () => chart.resetZoom(),
    destroy: () => void chart.destroy(),
  };
}

function pathOf(node: FlameNode): string[] {
  const names: string[] = [];
  for (let at: FlameNode | null = node; at?.parent; at = at.parent) names.unshift(at.data.name);
  return names;
}

function findNode(chart: FlameGraphChart, path: readonly string[]): FlameNode | undefined {
  let node: FlameNode | undefined = chart.findById(0) ?? undefined;
  for (const name of path) node = node?.children?.find((child) => child.data.name === name);
  return node;
}

/** Frames of the same name have the same colour; those of the runtime and of native code are pale. */
function colourOf(name: string): string {
  if (/^(\((?!anonymous)|Node\.js$|Non JS |Garbage Collection)/.test(name)) return 'var(--flame-quiet)';
  return `var(--flame-${hash(name) % 6})`;
}
