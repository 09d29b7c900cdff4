import flamegraph, { type FlameGraphChart, type FlameNode } from 'd3-flame-graph';
import { select } from 'd3-selection';
import { hash } from './hash.ts';
import { type Frame, UNZOOMED } from './stacks.ts';

/** Wraps d3-flame-graph. A separate module, so that only the flame graph loads it. */
export type FlameChart = {
  search(text: string): void;
  resetZoom(): void;
  destroy(): void;
};

type FlameOptions = {
  tree: Frame;
  /** The path of the zoomed frame, without the root; kept when the data changes. */
  zoomed: string[];
  onZoom: (path: string[]) => void;
  /** undefined when the pointer leaves a frame. */
  onPoint: (frame: { name: string; value: number; x: number; y: number } | undefined) => void;
};

/** Draws a tree of frames, root on top, in the width of the element. */
export function drawFlames(place: HTMLElement, { tree, zoomed, onZoom, onPoint }: FlameOptions): FlameChart {
  // Not the library's tooltip: it takes HTML, and function names are untrusted.
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
  select(place).datum(tree).call(chart);
  // Without a zoom, to the root: the library marks frames of the tree as hidden, which may have been drawn before.
  const target = findNode(chart, zoomed);
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

/** The same colour per name; runtime and native frames are pale. */
function colourOf(name: string): string {
  if (/^(\((?!anonymous)|Node\.js$|Non JS |Garbage Collection)/.test(name)) return 'var(--flame-quiet)';
  return `var(--flame-${hash(name) % 6})`;
}
