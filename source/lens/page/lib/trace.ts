/** A span as the trace view needs it; times in milliseconds, microseconds as a fraction. */
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

/** A place on the time axis of a trace, as shares of its duration (0…1). */
export type Bar = { left: number; width: number };

export type WaterfallRow = {
  span: Span;
  depth: number;
  /** The row of its parent; -1 at the top. */
  parent: number;
  children: number;
  /** It names a parent that was not received (yet, or not at all). */
  orphan: boolean;
  bar: Bar;
  /** For a consumer whose producer is known: how long the message lay in the queue, and where to draw that. */
  queue: (Bar & { ms: number }) | undefined;
};

export type Waterfall = {
  /** Parents before their children, children by start time. */
  rows: WaterfallRow[];
  startMs: number;
  durationMs: number;
  /** In order of first appearance. */
  services: string[];
  errors: number;
  root: Span | undefined;
};

/**
 * Lays out the spans of one trace. Copes with what real traces contain: several roots, parents that never arrived,
 * a span that was delivered twice, and, from a broken sender, spans that are each other's ancestors.
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
    // A stack of our own: a deep trace must not overflow that of the browser.
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

/** A bar as seen through a part of the time axis, cut off at its ends; undefined if it lies outside. */
export function zoomBar(bar: Bar, part: Bar): Bar | undefined {
  const from = Math.max(0, (bar.left - part.left) / part.width);
  const to = Math.min(1, (bar.left + bar.width - part.left) / part.width);
  return to < 0 || from > 1 ? undefined : { left: from, width: to - from };
}

/** The rows that are seen when those at the `collapsed` indexes hide everything below them. */
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

/** Round moments between 0 and `durationMs` for the time axis: at most `count` + 1, from 1, 2 or 5 times a power of 10. */
export function axisTicks(durationMs: number, count: number): number[] {
  if (!(durationMs > 0)) return [0];
  const raw = durationMs / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999999)!;
  return Array.from({ length: Math.floor(durationMs / step + 1e-9) + 1 }, (_, index) => index * step);
}
