/** A span for the trace view; times in milliseconds with microseconds as a fraction. */
export type Span = {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  service: string;
  name: string;
  kind: string;
  startMs: number;
  durationMs: number;
  status: string;
  statusMessage: string;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  events: SpanEvent[];
  links: SpanLink[];
};
export type SpanEvent = { name: string; time: string; attributes: Record<string, unknown> };
export type SpanLink = { traceId: string; spanId: string; attributes: Record<string, unknown> };

/** A section of the time axis, as ratios of the trace's duration (0…1). */
export type Bar = { left: number; width: number };

export type WaterfallRow = {
  span: Span;
  depth: number;
  /** The index of the parent's row; -1 at the top level. */
  parent: number;
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

/**
 * Lays out the spans of one trace. Handles several roots, missing parents, duplicate spans, and cycles from broken
 * senders.
 */
export function layoutWaterfall(received: readonly Span[]): Waterfall {
  const spans = [...new Map(received.map((span) => [span.spanId, span])).values()];
  spans.sort((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const childrenOf = new Map<string, Span[]>();
  const tops: Span[] = [];
  for (const span of spans) {
    const parent = span.parentSpanId === null ? undefined : byId.get(span.parentSpanId);
    if (parent === undefined || parent === span) tops.push(span);
    else childrenOf.set(parent.spanId, [...(childrenOf.get(parent.spanId) ?? []), span]);
  }

  const startMs = spans[0]?.startMs ?? 0;
  const endMs = spans.reduce((latest, span) => Math.max(latest, span.startMs + span.durationMs), startMs);
  const durationMs = endMs - startMs;
  const bar = (fromMs: number, ms: number): Bar =>
    durationMs > 0 ? { left: (fromMs - startMs) / durationMs, width: ms / durationMs } : { left: 0, width: 1 };

  const rows: WaterfallRow[] = [];
  const placed = new Set<Span>();
  const place = (top: Span) => {
    // An explicit stack, because recursion could overflow on a deep trace.
    const waiting = [{ span: top, depth: 0, parent: -1 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { span, depth, parent } = next;
      if (placed.has(span)) continue;
      placed.add(span);
      const children = childrenOf.get(span.spanId) ?? [];
      rows.push({
        span,
        depth,
        parent,
        children: children.length,
        orphan: span.parentSpanId !== null && !byId.has(span.parentSpanId),
        bar: bar(span.startMs, span.durationMs),
        queue: queueTime(span, byId, bar),
      });
      const index = rows.length - 1;
      for (const child of children.toReversed()) waiting.push({ span: child, depth: depth + 1, parent: index });
    }
  };
  tops.forEach(place);
  for (const span of spans) if (!placed.has(span)) place(span);

  return {
    rows,
    startMs,
    durationMs,
    services: [...new Set(spans.map(({ service }) => service))],
    errors: spans.filter(({ status }) => status === 'error').length,
    root: tops.find(({ parentSpanId }) => parentSpanId === null) ?? rows[0]?.span,
  };
}

function queueTime(
  span: Span,
  byId: ReadonlyMap<string, Span>,
  bar: (fromMs: number, ms: number) => Bar,
): WaterfallRow['queue'] {
  const producer = span.kind === 'consumer' && span.parentSpanId !== null ? byId.get(span.parentSpanId) : undefined;
  if (producer?.kind !== 'producer') return undefined;
  const sentMs = producer.startMs + producer.durationMs;
  const ms = span.startMs - sentMs;
  return ms > 0 ? { ...bar(sentMs, ms), ms } : undefined;
}

/** The part of a bar that is visible in a section of the time axis; undefined if none is. */
export function zoomBar(bar: Bar, part: Bar): Bar | undefined {
  const from = Math.max(0, (bar.left - part.left) / part.width);
  const to = Math.min(1, (bar.left + bar.width - part.left) / part.width);
  return to < 0 || from > 1 ? undefined : { left: from, width: to - from };
}

/** The rows that remain visible when the descendants of `collapsed` rows are hidden. */
export function visibleRows(rows: readonly WaterfallRow[], collapsed: ReadonlySet<number>): number[] {
  const hidden = new Set<number>();
  return rows.flatMap((row, index) => {
    if (row.parent >= 0 && (hidden.has(row.parent) || collapsed.has(row.parent))) {
      hidden.add(index);
      return [];
    }
    return [index];
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
