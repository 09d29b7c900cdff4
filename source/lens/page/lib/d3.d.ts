/** The parts of d3-flame-graph that the page uses; the library has no types. */
declare module 'd3-flame-graph' {
  export type FlameData = { name: string; value: number; children?: FlameData[] };
  /** A node of d3-hierarchy with d3-flame-graph's additions. */
  export type FlameNode = {
    id: number;
    data: FlameData;
    parent: FlameNode | null;
    children?: FlameNode[];
    highlight?: boolean;
  };
  export type FlameTooltip = {
    (selection: unknown): void;
    show(event: MouseEvent, node: FlameNode): void;
    hide(): void;
    destroy(): void;
  };

  /** Setters return the chart. */
  export type FlameGraphChart = {
    (selection: unknown): FlameGraphChart;
    width(pixels: number): FlameGraphChart;
    cellHeight(pixels: number): FlameGraphChart;
    /** Root on top. */
    inverted(on: boolean): FlameGraphChart;
    /** Narrower frames are omitted. */
    minFrameSize(pixels: number): FlameGraphChart;
    transitionDuration(ms: number): FlameGraphChart;
    tooltip(tooltip: FlameTooltip): FlameGraphChart;
    setSearchMatch(match: (node: FlameNode, term: string) => boolean): FlameGraphChart;
    setSearchHandler(handler: () => void): FlameGraphChart;
    setColorMapper(mapper: (node: FlameNode, original: string) => string): FlameGraphChart;
    onClick(handler: (node: FlameNode) => void): FlameGraphChart;
    search(term: string): void;
    clear(): void;
    findById(id: number): FlameNode | null;
    zoomTo(node: FlameNode): void;
    resetZoom(): void;
    destroy(): FlameGraphChart;
  };

  export default function flamegraph(): FlameGraphChart;
}
