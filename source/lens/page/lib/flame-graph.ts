import type { FlameGraphChart, FlameNode } from 'd3-flame-graph';
import { hash } from './colours.ts';
import { h, setText } from './dom.ts';
import type { Frame } from './stacks.ts';

/** A tree of frames, drawn by d3-flame-graph, root on top. New data leaves the zoom where it is. */
export type FlameGraph = {
  element: HTMLElement;
  draw(tree: Frame): Promise<void>;
  /** Marks the frames whose name contains the text; nothing for an empty one. */
  search(text: string): void;
  resetZoom(): void;
};

export type FlameGraphOptions = {
  /** A frame in words: its name, its value, and the value of the whole. */
  describe: (name: string, value: number, total: number) => string;
  onPoint: (text: string | undefined) => void;
};

const CELL_HEIGHT = 20;

export function createFlameGraph({ describe, onPoint }: FlameGraphOptions): FlameGraph {
  const place = h('div', {
    class: 'flame-graph',
    role: 'img',
    'data-testid': 'flame-graph',
    'aria-label': 'Flame graph; its functions stand in the table beside it',
  });
  const tip = h('div', { class: 'tip', hidden: true });
  const element = h('div', {}, place, tip);
  let chart: FlameGraphChart | undefined;
  let zoomed: string[] = [];
  let total = 0;
  let term = '';
  let width = 0;
  let tree: Frame | undefined;

  /** Shown by textContent: names of functions come from outside, and the library's own tooltip takes HTML as well. */
  const tooltip = Object.assign(() => {}, {
    show: (event: MouseEvent, node: FlameNode) => {
      const text = describe(node.data.name, node.data.value, total);
      setText(tip, text);
      onPoint(text);
      tip.hidden = false;
      const { offsetWidth, offsetHeight } = tip;
      tip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - offsetWidth - 4))}px`;
      tip.style.top = `${event.clientY + 18 + offsetHeight > innerHeight ? event.clientY - offsetHeight - 8 : event.clientY + 18}px`;
    },
    hide: () => {
      tip.hidden = true;
      onPoint(undefined);
    },
    destroy: () => {},
  });

  // Loaded when first needed: the other views can do without a dozen modules.
  const load = () => Promise.all([import('d3-flame-graph'), import('d3-selection')]);

  async function build(): Promise<void> {
    const [{ default: flamegraph }, { select }] = await load();
    if (tree === undefined) return;
    width = place.clientWidth;
    if (width === 0) return;
    chart?.destroy();
    chart = flamegraph()
      .width(width)
      .cellHeight(CELL_HEIGHT)
      .inverted(true)
      .minFrameSize(1)
      .transitionDuration(0)
      .tooltip(tooltip)
      .setSearchMatch((node, text) => text !== '' && node.data.name.toLowerCase().includes(text.toLowerCase()))
      .setSearchHandler(() => {})
      .setColorMapper((node) => (node.highlight ? 'var(--flame-found)' : colourOf(node.data.name)))
      .onClick((node) => {
        zoomed = pathOf(node);
      });
    select(place).datum(structuredClone(tree)).call(chart);
    const target = findNode(chart, zoomed);
    if (target && zoomed.length > 0) chart.zoomTo(target);
    else zoomed = [];
    if (term !== '') chart.search(term);
  }

  new ResizeObserver(() => {
    if (place.clientWidth !== width) void build();
  }).observe(place);

  return {
    element,
    async draw(next) {
      tree = next;
      total = next.value;
      await build();
    },
    search(text) {
      term = text;
      if (text === '') chart?.clear();
      else chart?.search(text);
    },
    resetZoom() {
      zoomed = [];
      chart?.resetZoom();
    },
  };
}

/** The names from below the root to a frame. */
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

/** Frames of the same name have the same colour; the runtime's own and native ones are kept back. */
function colourOf(name: string): string {
  if (/^(\((?!anonymous)|Node\.js$|Non JS |Garbage Collection)/.test(name)) return 'var(--flame-quiet)';
  return `var(--flame-${hash(name) % 6})`;
}
