import { formatDuration } from '@mythical/ui/page/format.ts';
import { type KeyboardEvent, useRef } from 'react';
import { axisTicks, type Waterfall as Trace, visibleRows, type WaterfallRow } from '../lib/trace.ts';
import { PAGE_ROWS, toggleChildren, toggleDetail, type WaterfallState, zoomTo } from '../lib/waterfall-state.ts';
import { vars } from '../parts/service.tsx';
import type { LogRow } from '../queries/logs.ts';
import type { ProfiledSpanRow } from '../queries/traces.ts';
import { SpanDetail } from './span-detail.tsx';
import { BAR_CELL, LogMark, ROW, SpanRow } from './span-row.tsx';

type Props = {
  trace: Trace;
  logs: readonly LogRow[];
  profiled: readonly ProfiledSpanRow[];
  showsLogs: boolean;
  state: WaterfallState;
  setState: (state: WaterfallState) => void;
};

/**
 * A trace's spans: a tree on the left, bars on a common time axis on the right. A treegrid with keyboard support: up
 * and down move, right and left expand and collapse, Enter toggles a span's details.
 */
export function Waterfall(props: Props) {
  const { trace, logs, showsLogs, state, setState } = props;
  const grid = useRef<HTMLTableElement>(null);
  const visible = visibleRows(trace.rows, state.collapsed);
  const drawn = visible.slice(0, state.limit);
  const known = new Set(trace.rows.map(({ span }) => span.span_id));
  const first = trace.rows[0]?.span.span_id;
  const logsOf = Map.groupBy(logs, ({ span_id }) => (span_id && known.has(span_id) ? span_id : first));
  const tabStop = drawn.some(({ span }) => span.span_id === state.focused) ? state.focused : first;
  return (
    <div className="[--name:clamp(11rem,38%,35rem)] max-sm:[--name:48%]">
      <Axis durationMs={trace.durationMs} state={state} />
      <table
        ref={grid}
        className="block outline-none"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a treegrid is a table with keyboard support
        role="treegrid"
        aria-label="Spans of the trace"
        data-testid="waterfall"
        tabIndex={-1}
        onKeyDown={(event) => onKey(event, grid.current!, props)}
      >
        <tbody className="block">
          {drawn.map((row) => (
            <Entry
              key={row.span.span_id}
              {...props}
              row={row}
              isTabStop={row.span.span_id === tabStop}
              ownLogs={showsLogs ? (logsOf.get(row.span.span_id) ?? []) : []}
            />
          ))}
        </tbody>
      </table>
      {visible.length > state.limit && (
        <button type="button" onClick={() => setState({ ...state, limit: state.limit + PAGE_ROWS })}>
          Show {Math.min(PAGE_ROWS, visible.length - state.limit)} more of {visible.length} spans
        </button>
      )}
    </div>
  );
}

type EntryProps = Props & { row: WaterfallRow; isTabStop: boolean; ownLogs: readonly LogRow[] };

/** A span with its open details and its log lines. */
function Entry({ trace, logs, profiled, state, setState, row, isTabStop, ownLogs }: EntryProps) {
  const { span_id: spanId } = row.span;
  return (
    <>
      <SpanRow row={row} trace={trace} isTabStop={isTabStop} state={state} setState={setState} />
      {state.opened.has(spanId) && (
        <tr className="block hover:bg-transparent">
          <td className="block p-0">
            <SpanDetail
              row={row}
              traceStartMs={trace.startMs}
              logs={logs.filter(({ span_id }) => span_id === spanId)}
              profileTypes={profiled.filter(({ span_id }) => span_id === spanId).map(({ type }) => type)}
              onZoom={() => setState(zoomTo(state, row.bar))}
            />
          </td>
        </tr>
      )}
      {ownLogs.map((log, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: log lines are only ever appended
        <LogMark key={index} log={log} depth={row.depth + 1} trace={trace} part={state.part} />
      ))}
    </>
  );
}

function Axis({ durationMs, state: { part } }: { durationMs: number; state: WaterfallState }) {
  const ticks = axisTicks(durationMs * part.width, innerWidth < 900 ? 2 : 5);
  return (
    <div className={`${ROW} border-b text-xs text-soft`} aria-hidden="true">
      <span>Span</span>
      <div className={BAR_CELL}>
        {ticks.map((tick) => (
          <span
            key={tick}
            className="absolute left-[calc(var(--at)*100%)] border-l pl-1 whitespace-nowrap"
            style={vars({ '--at': durationMs > 0 ? tick / (durationMs * part.width) : 0 })}
          >
            {part.left > 0 && '+'}
            {formatDuration(tick + part.left * durationMs)}
          </span>
        ))}
      </div>
    </div>
  );
}

function onKey(event: KeyboardEvent<HTMLElement>, grid: HTMLElement, { trace, state, setState }: Props): void {
  const element = event.target as HTMLElement;
  const spanId = element.dataset.span;
  const row = trace.rows.find(({ span }) => span.span_id === spanId);
  if (spanId === undefined || row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const elements = [...grid.querySelectorAll<HTMLElement>('[data-span]')];
  const index = elements.indexOf(element);
  const isCollapsed = state.collapsed.has(spanId);
  const moves: Record<string, () => void> = {
    ArrowDown: () => elements[index + 1]?.focus(),
    ArrowUp: () => elements[index - 1]?.focus(),
    Home: () => elements[0]?.focus(),
    End: () => elements.at(-1)?.focus(),
    ArrowRight: () => {
      if (isCollapsed) setState(toggleChildren(state, spanId));
      else if (row.children > 0) elements[index + 1]?.focus();
    },
    ArrowLeft: () => {
      if (row.children > 0 && !isCollapsed) setState(toggleChildren(state, spanId));
      else elements.find(({ dataset }) => dataset.span === row.parent?.span.span_id)?.focus();
    },
    Enter: () => setState(toggleDetail(state, spanId)),
    ' ': () => setState(toggleDetail(state, spanId)),
  };
  const move = moves[event.key];
  if (move === undefined) return;
  event.preventDefault();
  move();
}
