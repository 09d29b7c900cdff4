import type { SpanRow } from '../queries/traces.ts';
import { parseTime } from './time.ts';

/** `startMs` has microseconds as a fraction. */
export type Span = SpanRow & { startMs: number };

export function toSpan(row: SpanRow): Span {
  return { ...row, startMs: parseTime(row.start_time) };
}

/** A section of the time axis, as ratios of the trace's duration (0…1). */
export type Bar = { left: number; width: number };

export type WaterfallRow = {
  span: Span;
  depth: number;
  /** undefined at the top level. */
  parent: WaterfallRow | undefined;
  children: number;
  /** Its parent was not received (yet). */
  orphan: boolean;
  bar: Bar;
  /** For a consumer span with a known producer: the time in the queue. */
  queue: (Bar & { ms: number }) | undefined;
};

export type Waterfall = {
  /** Parents before children, children by start time. */
  rows: WaterfallRow[];
  startMs: number;
  durationMs: number;
  /** In order of appearance. */
  services: string[];
  errors: number;
  root: Span | undefined;
};

/** Lays out the spans of a trace. Handles several roots, missing parents, duplicates, and cycles. */
export function layoutWaterfall(received: readonly Span[]): Waterfall {
  const spans = [...new Map(received.map((span) => [span.span_id, span])).values()];
  spans.sort((a, b) => a.startMs - b.startMs || b.duration_ms - a.duration_ms);
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const parentOf = ({ span_id, parent_span_id }: Span) =>
    parent_span_id === null || parent_span_id === span_id ? undefined : byId.get(parent_span_id);
  const childrenOf = Map.groupBy(spans, parentOf);
  const tops = childrenOf.get(undefined) ?? [];

  const startMs = spans[0]?.startMs ?? 0;
  const endMs = spans.reduce((latest, span) => Math.max(latest, span.startMs + span.duration_ms), startMs);
  const durationMs = endMs - startMs;
  const bar = (fromMs: number, ms: number): Bar =>
    durationMs > 0 ? { left: (fromMs - startMs) / durationMs, width: ms / durationMs } : { left: 0, width: 1 };

  const rows: WaterfallRow[] = [];
  const placed = new Set<Span>();
  const place = (top: Span) => {
    // An explicit stack, because recursion could overflow on a deep trace.
    const waiting: [span: Span, parent: WaterfallRow | undefined][] = [[top, undefined]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [span, parent] = next;
      if (placed.has(span)) continue;
      placed.add(span);
      const children = childrenOf.get(span) ?? [];
      const row: WaterfallRow = {
        span,
        depth: parent ? parent.depth + 1 : 0,
        parent,
        children: children.length,
        orphan: span.parent_span_id !== null && !byId.has(span.parent_span_id),
        bar: bar(span.startMs, span.duration_ms),
        queue: queueTime(span, parentOf(span), bar),
      };
      rows.push(row);
      for (const child of children.toReversed()) waiting.push([child, row]);
    }
  };
  // All spans, because spans in a cycle are not below any root.
  for (const span of [...tops, ...spans]) place(span);

  return {
    rows,
    startMs,
    durationMs,
    services: [...new Set(spans.map(({ service }) => service))],
    errors: spans.filter(({ status }) => status === 'error').length,
    root: tops.find(({ parent_span_id }) => parent_span_id === null) ?? rows[0]?.span,
  };
}

function queueTime(
  span: Span,
  parent: Span | undefined,
  bar: (fromMs: number, ms: number) => Bar,
): WaterfallRow['queue'] {
  if (span.kind !== 'consumer' || parent?.kind !== 'producer') return undefined;
  const sentMs = parent.startMs + parent.duration_ms;
  const ms = span.startMs - sentMs;
  return ms > 0 ? { ...bar(sentMs, ms), ms } : undefined;
}

/** The part of a bar that is visible in a section of the time axis; undefined if none is. */
export function zoomBar(bar: Bar, part: Bar): Bar | undefined {
  const from = Math.max(0, (bar.left - part.left) / part.width);
  const to = Math.min(1, (bar.left + bar.width - part.left) / part.width);
  return to < 0 || from > 1 ? undefined : { left: from, width: to - from };
}

/** The rows that remain visible when the descendants of spans in `collapsed` are hidden. */
export function visibleRows(rows: readonly WaterfallRow[], collapsed: ReadonlySet<string>): WaterfallRow[] {
  const hidden = new Set<WaterfallRow>();
  return rows.filter((row) => {
    const { parent } = row;
    if (parent !== undefined && (hidden.has(parent) || collapsed.has(parent.span.span_id))) hidden.add(row);
    return !hidden.has(row);
  });
}

/** Round ticks from 0 to `durationMs`, at most `count` + 1, in steps of 1, 2 or 5 times a power of 10. */
export function axisTicks(durationMs: number, count: number): number[] {
  if (!(durationMs > 0)) return [0];
  const raw = durationMs / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999999)!;
  return Array.from({ length: Math.floor(durationMs / step + 1e-9) + 1 }, (_, index) => index * step);
}
