import { formatDuration } from '@mythical/ui/page/format.ts';
import { Icon, type IconName } from '@mythical/ui/page/icon.tsx';
import type { CSSProperties, MouseEvent } from 'react';
import { serviceColour } from '../lib/colours.ts';
import { parseTime } from '../lib/time.ts';
import { type Bar, type Span, type Waterfall, type WaterfallRow, zoomBar } from '../lib/trace.ts';
import { toggleChildren, toggleDetail, type WaterfallState } from '../lib/waterfall-state.ts';
import { Level, messageOf } from '../parts/log-line.tsx';
import { vars } from '../parts/service.tsx';
import { type LogRow, normalLevel } from '../queries/logs.ts';

/** Deeper levels aren't indented further, to leave room for names. */
const MAX_INDENT = 16;

/** A row for a span, a log line or the axis: the name, then the time axis. */
export const ROW =
  'grid grid-cols-[var(--name)_minmax(0,1fr)] *:border-0 *:p-0 min-h-6 [contain-intrinsic-height:auto_1.5rem] [content-visibility:auto]';
const NAME_CELL =
  'flex min-w-0 items-center gap-1 overflow-hidden whitespace-nowrap pr-2! pl-[calc(var(--depth)*1.1rem)]! max-sm:pl-[calc(var(--depth)*0.5rem)]!';
/** The margin leaves room for the duration of a bar that ends on the right. */
export const BAR_CELL = 'relative mr-16';
const TWIST = 'grid w-4 flex-none place-items-center self-stretch text-soft';
/** Positions on the time axis. */
const BAR = 'absolute left-[calc(var(--left)*100%)] w-[max(2px,calc(var(--width)*100%))] rounded-xs';
const POINT = 'absolute top-1/2 left-[calc((var(--left)+var(--width))*100%)] -translate-y-1/2';

const KINDS = ['server', 'client', 'producer', 'consumer', 'internal'];

type Props = {
  row: WaterfallRow;
  trace: Waterfall;
  isTabStop: boolean;
  state: WaterfallState;
  setState: (state: WaterfallState) => void;
};

export function SpanRow({ row, trace, isTabStop, state, setState }: Props) {
  const { span, depth, children } = row;
  const failed = span.status === 'error';
  const isCollapsed = state.collapsed.has(span.span_id);
  const onClick = (event: MouseEvent<HTMLElement>) => {
    if (getSelection()?.isCollapsed === false) return;
    const toggle = (event.target as Element).closest('[data-twist]') === null ? toggleDetail : toggleChildren;
    setState(toggle(state, span.span_id));
  };
  return (
    <tr
      className={`${ROW} cursor-pointer -outline-offset-2! ${state.opened.has(span.span_id) ? 'bg-accent-back' : ''}`}
      style={vars({ '--depth': Math.min(depth, MAX_INDENT), '--c': serviceColour(span.service) })}
      data-span={span.span_id}
      data-testid="span-row"
      tabIndex={isTabStop ? 0 : -1}
      aria-level={depth + 1}
      aria-expanded={children > 0 ? !isCollapsed : undefined}
      aria-label={[
        `${span.service}: ${span.name}`,
        span.kind,
        formatDuration(span.duration_ms),
        failed && 'failed',
        waitOf(row),
      ]
        .filter(Boolean)
        .join(', ')}
      onFocus={() => setState({ ...state, focused: span.span_id })}
      onClick={onClick}
    >
      <NameCell row={row} isCollapsed={isCollapsed} />
      <BarCell row={row} trace={trace} part={state.part} />
    </tr>
  );
}

function waitOf({ queue }: WaterfallRow): string | undefined {
  return queue && `queue ${formatDuration(queue.ms)}`;
}

function NameCell({ row, isCollapsed }: { row: WaterfallRow; isCollapsed: boolean }) {
  const { span, children, orphan } = row;
  const waited = waitOf(row);
  return (
    <td className={NAME_CELL}>
      <i className="my-[3px] w-[3px] flex-none self-stretch rounded-xs bg-(--c)" />
      {children > 0 ? (
        <span data-twist className={`${TWIST} hover:text-ink ${isCollapsed ? '' : '*:rotate-90'}`} aria-hidden="true">
          <Icon name="chevron" />
        </span>
      ) : (
        <span className={TWIST} />
      )}
      <span className="text-soft" title={`kind: ${span.kind}`}>
        <Icon name={KINDS.includes(span.kind) ? (span.kind as IconName) : 'unspecified'} />
      </span>
      {span.status === 'error' && (
        <span className="text-bad" title={span.status_message || 'failed'}>
          <Icon name="error" />
        </span>
      )}
      <span
        className={`min-w-[3em] truncate ${span.status === 'error' ? 'text-bad' : ''}`}
        title={`${span.service}: ${span.name}`}
      >
        {span.name}
      </span>
      {waited && (
        <span className="tag" data-testid="queue-hop" title="From the end of the producer span to this one">
          {waited}
        </span>
      )}
      {orphan && (
        <span className="tag warn" title={`Its parent ${span.parent_span_id} was not received`}>
          orphan
        </span>
      )}
      <small className="min-w-0 flex-1 truncate max-sm:hidden">{span.service}</small>
      {span.links.length > 0 && (
        <span className="text-soft" title={`links: ${span.links.length}`}>
          <Icon name="link" />
        </span>
      )}
    </td>
  );
}

function BarCell({ row, trace, part }: { row: WaterfallRow; trace: Waterfall; part: Bar }) {
  const { span, bar, queue } = row;
  const seen = zoomBar(bar, part);
  const seenQueue = queue && zoomBar(queue, part);
  return (
    <td className={BAR_CELL}>
      {seenQueue && (
        <i
          className={`${BAR} inset-y-2.5 bg-[repeating-linear-gradient(90deg,var(--color-line-strong)_0_3px,transparent_3px_6px)]`}
          title={waitOf(row)}
          style={placed(seenQueue)}
        />
      )}
      {seen && (
        <i
          className={`${BAR} inset-y-1.5 bg-(--c) ${span.status === 'error' ? 'ring-[1.5px] ring-bad-fill' : ''}`}
          style={placed(seen)}
        />
      )}
      {span.events.map(({ name, time }, index) => {
        const moment = zoomBar(momentOf(time, trace), part);
        return (
          moment && (
            <i
              // biome-ignore lint/suspicious/noArrayIndexKey: two events may have the same name and time
              key={index}
              className={`${POINT} -ml-1 size-2 rounded-full border border-panel bg-ink`}
              title={name}
              style={placed(moment)}
            />
          )
        );
      })}
      <span
        className={`${POINT} ml-1.5 text-xs whitespace-nowrap text-soft tabular-nums ${seen ? '' : 'italic'}`}
        style={placed(seen ?? { left: bar.left < part.left ? 0 : 1, width: 0 })}
      >
        {formatDuration(span.duration_ms)}
      </span>
    </td>
  );
}

/** A log line below its span. */
export function LogMark({ log, depth, trace, part }: { log: LogRow; depth: number; trace: Waterfall; part: Bar }) {
  const level = normalLevel(log.level);
  const seen = zoomBar(momentOf(log.time, trace), part);
  return (
    <tr
      className={`${ROW} min-h-5 text-xs`}
      data-testid="trace-log"
      style={vars({ '--depth': Math.min(depth, MAX_INDENT), '--c': `var(--level-${level})` })}
    >
      <td className={`${NAME_CELL} indent-6`} title={log.body}>
        <Level level={log.level} />
        <small className="truncate indent-0 font-mono">{messageOf(log.body)}</small>
      </td>
      <td className={BAR_CELL}>
        {seen && <i className={`${POINT} -ml-1 size-[7px] rotate-45 bg-(--c)`} style={placed(seen)} />}
      </td>
    </tr>
  );
}

function placed({ left, width }: Bar): CSSProperties {
  return vars({ '--left': left, '--width': width });
}

function momentOf(time: Span['events'][number]['time'], { startMs, durationMs }: Waterfall): Bar {
  const left = durationMs > 0 ? (parseTime(time) - startMs) / durationMs : 0;
  return { left: Math.min(1, Math.max(0, left)), width: 0 };
}
