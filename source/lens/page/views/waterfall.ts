import { serviceColour } from '../lib/colours.ts';
import { h, reconcile, setAttribute, styled } from '../lib/dom.ts';
import { formatDuration } from '../lib/format.ts';
import { icon, kindIcon } from '../lib/icons.ts';
import { parseTime } from '../lib/time.ts';
import {
  axisTicks,
  type Bar,
  type Span,
  visibleRows,
  type Waterfall,
  type WaterfallRow,
  zoomBar,
} from '../lib/trace.ts';
import { type LogRow, normalLevel } from '../queries/logs.ts';
import type { ProfiledSpanRow } from '../queries/traces.ts';
import { messageOf } from './log-line.ts';
import { spanDetail } from './span-detail.ts';

/**
 * The spans of a trace as a tree on the left and bars on a common time axis on the right. It is a treegrid for the
 * keyboard: up and down move, right and left open and close, Enter shows the details of a span.
 */
export type WaterfallView = {
  element: HTMLElement;
  /** Leads back from the part of the time axis that was zoomed to. */
  wholeTrace: HTMLElement;
  draw(trace: Waterfall, logs: LogRow[], profiled: ProfiledSpanRow[]): void;
  /** Forgets what was open: another trace comes. */
  reset(): void;
  /** Opens the details of a span and scrolls to it; false if it is not there. */
  reveal(spanId: string): boolean;
  selected(): string | undefined;
  setShowsLogs(on: boolean): void;
  collapseAll(on: boolean): void;
};

/** Rows that are drawn at first: a trace of many thousands is looked at in parts. */
const PAGE_ROWS = 500;

/** Deeper levels stay at the same indentation, or names would have no room. */
const MAX_INDENT = 16;

const WHOLE: Bar = { left: 0, width: 1 };

type Entry =
  | { type: 'span'; row: WaterfallRow }
  | { type: 'log'; log: LogRow; depth: number }
  | { type: 'detail'; row: WaterfallRow };

export function createWaterfall({ onSelect }: { onSelect: (span: Span | undefined) => void }): WaterfallView {
  let trace: Waterfall | undefined;
  let logs: LogRow[] = [];
  let profiled: ProfiledSpanRow[] = [];
  let showsLogs = true;
  let shownRows = PAGE_ROWS;
  let selected: string | undefined;
  /** The part of the time axis that is drawn. */
  let part = WHOLE;
  /** By span id, as indexes change when late spans arrive. */
  const collapsed = new Set<string>();
  const opened = new Set<string>();

  const axis = h('div', { class: 'axis', 'aria-hidden': 'true' });
  const grid = h('div', {
    class: 'waterfall-rows',
    role: 'treegrid',
    'aria-label': 'Spans of the trace',
    'data-testid': 'waterfall',
    onkeydown: (event: KeyboardEvent) => onKey(event),
  });
  const more = h('button', { type: 'button', class: 'more', onclick: () => showMore() }, '');
  const element = h(
    'div',
    { class: 'waterfall' },
    h('div', { class: 'axis-row' }, h('span', {}, 'Span'), axis),
    grid,
    more,
  );
  const wholeTrace = h(
    'button',
    { type: 'button', class: 'quiet-button', onclick: () => zoomTo(WHOLE) },
    'Whole trace',
  );

  function render(): void {
    if (trace === undefined) return;
    const { rows } = trace;
    const hiding = new Set(rows.flatMap(({ span }, index) => (collapsed.has(span.spanId) ? [index] : [])));
    const visible = visibleRows(rows, hiding);
    const known = new Set(rows.map(({ span }) => span.spanId));
    const logsOf = Map.groupBy(logs, ({ span_id }) => (span_id && known.has(span_id) ? span_id : rows[0]?.span.spanId));

    const entries = visible.slice(0, shownRows).flatMap((index): Entry[] => {
      const row = rows[index]!;
      const { spanId } = row.span;
      const ownLogs = showsLogs ? (logsOf.get(spanId) ?? []) : [];
      return [
        { type: 'span', row },
        ...(opened.has(spanId) ? [{ type: 'detail' as const, row }] : []),
        ...ownLogs.map((log) => ({ type: 'log' as const, log, depth: row.depth + 1 })),
      ];
    });
    reconcile(grid, entries, keyOf, createEntry, updateEntry);

    more.hidden = visible.length <= shownRows;
    more.textContent = `Show ${Math.min(PAGE_ROWS, visible.length - shownRows)} more of ${visible.length} spans`;
    wholeTrace.hidden = part === WHOLE;
    const drawnRows = spanRows();
    const focusable = drawnRows.find((row) => row.tabIndex === 0) ?? drawnRows[0];
    for (const row of drawnRows) row.tabIndex = row === focusable ? 0 : -1;
    drawAxis(trace.durationMs);
  }

  function drawAxis(durationMs: number): void {
    const ticks = axisTicks(durationMs * part.width, axis.clientWidth < 400 ? 2 : 5);
    reconcile(
      axis,
      ticks,
      (tick) => `${tick} ${durationMs} ${part.left} ${part.width}`,
      (tick) =>
        styled(h('span', {}, `${part.left > 0 ? '+' : ''}${formatDuration(tick + part.left * durationMs)}`), {
          '--at': durationMs > 0 ? tick / (durationMs * part.width) : 0,
        }),
    );
  }

  const keyOf = (entry: Entry): string => {
    if (entry.type === 'log') return `log ${entry.log.time} ${entry.log.service} ${entry.log.body}`;
    return `${entry.type} ${entry.row.span.spanId}`;
  };

  const drawn = new WeakMap<Element, string>();

  function createEntry(entry: Entry): HTMLElement {
    const element = h('div', { role: 'row' });
    if (entry.type === 'span') {
      const { spanId } = entry.row.span;
      element.dataset.span = spanId;
      element.dataset.testid = 'span-row';
      element.tabIndex = -1;
      element.addEventListener('click', (event) => {
        if (getSelection()?.isCollapsed === false) return;
        if ((event.target as Element).closest('.twist:not(.leaf)') !== null) toggleChildren(spanId);
        else toggleDetail(spanId);
        focusRow(element);
      });
    }
    updateEntry(element, entry);
    return element;
  }

  function updateEntry(element: Element, entry: Entry): void {
    const state =
      entry.type === 'span'
        ? [part, collapsed.has(entry.row.span.spanId), opened.has(entry.row.span.spanId)]
        : entry.type === 'log'
          ? [part, trace?.startMs, trace?.durationMs]
          : [profiled, logs.length];
    const signature = JSON.stringify([entry, state]);
    if (drawn.get(element) === signature) return;
    drawn.set(element, signature);
    if (entry.type === 'span') drawSpan(element as HTMLElement, entry.row);
    else if (entry.type === 'log') drawLog(element as HTMLElement, entry);
    else drawDetail(element as HTMLElement, entry.row);
  }

  function drawSpan(element: HTMLElement, { span, depth, children, orphan, bar, queue }: WaterfallRow): void {
    const failed = span.status === 'error';
    const isOpen = !collapsed.has(span.spanId);
    const duration = formatDuration(span.durationMs);
    const waited = queue && `queue ${formatDuration(queue.ms)}`;
    element.className = `span-row${failed ? ' failed' : ''}${opened.has(span.spanId) ? ' opened' : ''}`;
    styled(element, { '--depth': Math.min(depth, MAX_INDENT), '--c': serviceColour(span.service) });
    element.setAttribute('aria-level', String(depth + 1));
    setAttribute(element, 'aria-expanded', children > 0 && String(isOpen));
    element.setAttribute(
      'aria-label',
      [`${span.service}: ${span.name}`, span.kind, duration, failed && 'failed', waited].filter(Boolean).join(', '),
    );
    const seen = zoomBar(bar, part);
    const seenQueue = queue && zoomBar(queue, part);
    element.replaceChildren(
      h(
        'div',
        { class: 'span-name', role: 'gridcell' },
        h(
          'span',
          { class: `twist${children > 0 ? '' : ' leaf'}${isOpen ? ' open' : ''}`, 'aria-hidden': 'true' },
          children > 0 ? icon('chevron') : null,
        ),
        h('span', { class: 'kind', title: `kind: ${span.kind}` }, kindIcon(span.kind)),
        failed ? h('span', { class: 'error-mark', title: span.statusMessage || 'failed' }, icon('error')) : null,
        h('span', { class: 'name', title: `${span.service}: ${span.name}` }, span.name),
        waited
          ? h(
              'span',
              { class: 'tag', 'data-testid': 'queue-hop', title: 'Between the end of the producer and this span' },
              waited,
            )
          : null,
        orphan
          ? h('span', { class: 'tag warn', title: `Its parent ${span.parentSpanId} was not received` }, 'orphan')
          : null,
        h('span', { class: 'of-service' }, span.service),
        span.links.length > 0 ? h('span', { class: 'kind', title: `links: ${span.links.length}` }, icon('link')) : null,
      ),
      h(
        'div',
        { class: 'span-bar', role: 'gridcell' },
        seenQueue ? at(h('i', { class: 'queue', title: waited }), seenQueue) : null,
        seen ? at(h('i', { class: 'bar-fill' }), seen) : null,
        ...span.events.flatMap((event) => {
          const seenEvent = zoomBar({ left: positionOf(parseTime(event.time)), width: 0 }, part);
          return seenEvent ? [at(h('i', { class: 'event', title: event.name }), seenEvent)] : [];
        }),
        at(
          h('span', { class: seen ? 'took' : 'took outside' }, duration),
          seen ?? { left: bar.left < part.left ? 0 : 1, width: 0 },
        ),
      ),
    );
  }

  function drawLog(element: HTMLElement, { log, depth }: Entry & { type: 'log' }): void {
    const level = normalLevel(log.level);
    const seen = zoomBar({ left: positionOf(parseTime(log.time)), width: 0 }, part);
    element.className = `log-row level-${level}`;
    element.dataset.testid = 'trace-log';
    styled(element, { '--depth': Math.min(depth, MAX_INDENT) });
    element.replaceChildren(
      h(
        'div',
        { class: 'span-name', role: 'gridcell', title: log.body },
        h('span', { class: `level level-${level}` }, String(log.level ?? level)),
        h('span', { class: 'message mono' }, messageOf(String(log.body))),
      ),
      h('div', { class: 'span-bar', role: 'gridcell' }, seen ? at(h('i', { class: 'log-dot' }), seen) : null),
    );
  }

  function drawDetail(element: HTMLElement, row: WaterfallRow): void {
    const { spanId } = row.span;
    element.className = 'detail-row';
    const detail = spanDetail({
      row,
      traceStartMs: trace!.startMs,
      logs: logs.filter(({ span_id }) => span_id === spanId),
      profileTypes: profiled.filter(({ span_id }) => span_id === spanId).map(({ type }) => type),
      onZoom: () => zoomTo(row.bar),
    });
    element.replaceChildren(h('div', { role: 'gridcell' }, detail));
  }

  const at = <E extends HTMLElement>(element: E, { left, width }: Bar) =>
    styled(element, { '--left': left, '--width': width });

  function positionOf(timeMs: number): number {
    if (trace === undefined || !(trace.durationMs > 0)) return 0;
    return Math.min(1, Math.max(0, (timeMs - trace.startMs) / trace.durationMs));
  }

  function zoomTo(next: Bar): void {
    part = next.width > 0 && next.width < 1 ? next : WHOLE;
    render();
  }

  function showMore(): void {
    shownRows += PAGE_ROWS;
    render();
  }

  function toggleChildren(spanId: string, open = collapsed.has(spanId)): void {
    if (open) collapsed.delete(spanId);
    else collapsed.add(spanId);
    render();
  }

  function toggleDetail(spanId: string): void {
    if (opened.delete(spanId)) selected = [...opened].at(-1);
    else {
      opened.add(spanId);
      selected = spanId;
    }
    render();
    onSelect(trace?.rows.find(({ span }) => span.spanId === selected)?.span);
  }

  const spanRows = () => [...grid.querySelectorAll<HTMLElement>('.span-row')];

  function focusRow(row: HTMLElement | undefined): void {
    if (row === undefined) return;
    for (const other of spanRows()) other.tabIndex = other === row ? 0 : -1;
    row.focus();
  }

  function onKey(event: KeyboardEvent): void {
    const element = event.target as HTMLElement;
    const spanId = element.dataset.span;
    const row = trace?.rows.find(({ span }) => span.spanId === spanId);
    if (spanId === undefined || row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const elements = spanRows();
    const index = elements.indexOf(element);
    const parentId = trace?.rows[row.parent]?.span.spanId;
    const moves: Record<string, () => void> = {
      ArrowDown: () => focusRow(elements[index + 1]),
      ArrowUp: () => focusRow(elements[index - 1]),
      Home: () => focusRow(elements[0]),
      End: () => focusRow(elements.at(-1)),
      ArrowRight: () => {
        if (collapsed.has(spanId)) toggleChildren(spanId, true);
        else if (row.children > 0) focusRow(elements[index + 1]);
      },
      ArrowLeft: () => {
        if (row.children > 0 && !collapsed.has(spanId)) toggleChildren(spanId, false);
        else focusRow(elements.find(({ dataset }) => dataset.span === parentId));
      },
      Enter: () => toggleDetail(spanId),
      ' ': () => toggleDetail(spanId),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  }

  return {
    element,
    wholeTrace,
    draw(next, nextLogs, nextProfiled) {
      trace = next;
      logs = nextLogs;
      profiled = nextProfiled;
      render();
    },
    reset() {
      collapsed.clear();
      opened.clear();
      selected = undefined;
      shownRows = PAGE_ROWS;
      part = WHOLE;
    },
    reveal(spanId) {
      const rows = trace?.rows ?? [];
      const index = rows.findIndex(({ span }) => span.spanId === spanId);
      if (index < 0) return false;
      for (let above = rows[index]!.parent; above >= 0; above = rows[above]!.parent) {
        collapsed.delete(rows[above]!.span.spanId);
      }
      shownRows = Math.max(shownRows, index + 1);
      opened.add(spanId);
      selected = spanId;
      render();
      const element = spanRows().find(({ dataset }) => dataset.span === spanId);
      element?.scrollIntoView({ block: 'center' });
      focusRow(element);
      return true;
    },
    selected: () => selected,
    setShowsLogs(on) {
      showsLogs = on;
      render();
    },
    collapseAll(on) {
      collapsed.clear();
      if (on) for (const { span, children } of trace?.rows ?? []) if (children > 0) collapsed.add(span.spanId);
      render();
    },
  };
}
