import type { Bar, Waterfall, WaterfallRow } from './trace.ts';

/** The user's state of a waterfall. Refers to spans by id, because rows move when late spans arrive. */
export type WaterfallState = {
  /** Spans whose children are hidden. */
  collapsed: ReadonlySet<string>;
  /** Spans with visible details; the last one is the selected one. */
  opened: ReadonlySet<string>;
  /** The visible section of the time axis. */
  part: Bar;
  /** The number of rendered rows: a trace may have thousands. */
  limit: number;
  /** The row in the tab order. */
  focused: string | undefined;
};

export const WHOLE: Bar = { left: 0, width: 1 };
export const PAGE_ROWS = 500;
export const INITIAL: WaterfallState = {
  collapsed: new Set(),
  opened: new Set(),
  part: WHOLE,
  limit: PAGE_ROWS,
  focused: undefined,
};

export function selectedOf({ opened }: WaterfallState): string | undefined {
  return [...opened].at(-1);
}

export function toggleChildren(state: WaterfallState, spanId: string): WaterfallState {
  return { ...state, collapsed: toggled(state.collapsed, spanId) };
}

export function toggleDetail(state: WaterfallState, spanId: string): WaterfallState {
  return { ...state, opened: toggled(state.opened, spanId), focused: spanId };
}

function toggled(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

export function zoomTo(state: WaterfallState, part: Bar): WaterfallState {
  return { ...state, part: part.width > 0 && part.width < 1 ? part : WHOLE };
}

export function collapseAll(state: WaterfallState, rows: readonly WaterfallRow[]): WaterfallState {
  return { ...state, collapsed: new Set(rows.filter(({ children }) => children > 0).map(({ span }) => span.span_id)) };
}

/** Expands ancestors and shows a span's details; undefined if the trace doesn't have the span. */
export function reveal(state: WaterfallState, { rows }: Waterfall, spanId: string): WaterfallState | undefined {
  const index = rows.findIndex(({ span }) => span.span_id === spanId);
  if (index < 0) return undefined;
  const collapsed = new Set(state.collapsed);
  for (let above = rows[index]!.parent; above !== undefined; above = above.parent) collapsed.delete(above.span.span_id);
  const opened = new Set(state.opened);
  opened.delete(spanId);
  opened.add(spanId);
  return { ...state, collapsed, opened, limit: Math.max(state.limit, index + 1), focused: spanId };
}
