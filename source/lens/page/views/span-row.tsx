import { formatDuration } from '@mythical/ui/page/format.ts';
import { Icon, type IconName } from '@mythical/ui/page/icon.tsx';
import type { CSSProperties, MouseEvent } from 'react';
import { serviceColour } from '../lib/colours.ts';
import { parseTime } from '../lib/time.ts';
import { type Bar, type Span, type Waterfall, type WaterfallRow, zoomBar } from '../lib/trace.ts';
import { messageOf } from '../parts/log-line.tsx';
import { vars } from '../parts/service.tsx';
import { type LogRow, normalLevel } from '../queries/logs.ts';

/** Deeper levels have the same indentation, or names would have no room. */
const MAX_INDENT = 16;

const KINDS = ['server', 'client', 'producer', 'consumer', 'internal'];

type Props = {
  row: WaterfallRow;
  trace: Waterfall;
  /** The part of the time axis that is drawn. */
  part: Bar;
  isCollapsed: boolean;
  isOpened: boolean;
  isTabStop: boolean;
  onFocus: () => void;
  onToggleChildren: () => void;
  onToggleDetail: () => void;
};

export function SpanRow(props: Props) {
  const { row, trace, part, isCollapsed, isOpened, isTabStop, onFocus } = props;
  const { span, depth, children, queue } = row;
  const failed = span.status === 'error';
  const duration = formatDuration(span.durationMs);
  const waited = queue && `queue ${formatDuration(queue.ms)}`;
  return (
    <tr
      className={['span-row', failed && 'failed', isOpened && 'opened'].filter(Boolean).join(' ')}
      style={vars({ '--depth': Math.min(depth, MAX_INDENT), '--c': serviceColour(span.service) })}
      data-span={span.spanId}
      data-testid="span-row"
      tabIndex={isTabStop ? 0 : -1}
      aria-level={depth + 1}
      aria-expanded={children > 0 ? !isCollapsed : undefined}
      aria-label={[`${span.service}: ${span.name}`, span.kind, duration, failed && 'failed', waited]
        .filter(Boolean)
        .join(', ')}
      onFocus={onFocus}
      onClick={(event) => onClick(event, props)}
    >
      <NameCell row={row} isCollapsed={isCollapsed} waited={waited} />
      <BarCell row={row} trace={trace} part={part} duration={duration} waited={waited} />
    </tr>
  );
}

function onClick(event: MouseEvent<HTMLElement>, { onToggleChildren, onToggleDetail }: Props): void {
  if (getSelection()?.isCollapsed === false) return;
  if ((event.target as Element).closest('.twist') !== null) onToggleChildren();
  else onToggleDetail();
}

type NameCellProps = { row: WaterfallRow; isCollapsed: boolean; waited: string | undefined };

function NameCell({ row: { span, children, orphan }, isCollapsed, waited }: NameCellProps) {
  return (
    <td className="span-name">
      {children > 0 ? (
        <span className={isCollapsed ? 'twist' : 'twist open'} aria-hidden="true">
          <Icon name="chevron" />
        </span>
      ) : (
        <span className="leaf" />
      )}
      <span className="kind" title={`kind: ${span.kind}`}>
        <Icon name={KINDS.includes(span.kind) ? (span.kind as IconName) : 'unspecified'} />
      </span>
      {span.status === 'error' && (
        <span className="error-mark" title={span.statusMessage || 'failed'}>
          <Icon name="error" />
        </span>
      )}
      <span className="name" title={`${span.service}: ${span.name}`}>
        {span.name}
      </span>
      {waited && (
        <span className="tag" data-testid="queue-hop" title="From the end of the producer span to this one">
          {waited}
        </span>
      )}
      {orphan && (
        <span className="tag warn" title={`Its parent ${span.parentSpanId} was not received`}>
          orphan
        </span>
      )}
      <small className="of-service">{span.service}</small>
      {span.links.length > 0 && (
        <span className="kind" title={`links: ${span.links.length}`}>
          <Icon name="link" />
        </span>
      )}
    </td>
  );
}

type BarCellProps = { row: WaterfallRow; trace: Waterfall; part: Bar; duration: string; waited: string | undefined };

function BarCell({ row: { span, bar, queue }, trace, part, duration, waited }: BarCellProps) {
  const seen = zoomBar(bar, part);
  const seenQueue = queue && zoomBar(queue, part);
  return (
    <td className="span-bar">
      {seenQueue && <i className="queue" title={waited} style={placed(seenQueue)} />}
      {seen && <i className="bar-fill" style={placed(seen)} />}
      {span.events.map(({ name, time }) => {
        const moment = zoomBar(momentOf(time, trace), part);
        return moment && <i key={`${name} ${time}`} className="event" title={name} style={placed(moment)} />;
      })}
      <span
        className={seen ? 'took' : 'took outside'}
        style={placed(seen ?? { left: bar.left < part.left ? 0 : 1, width: 0 })}
      >
        {duration}
      </span>
    </td>
  );
}

/** A log line below the span that was active when it was written. */
export function LogMark({ log, depth, trace, part }: { log: LogRow; depth: number; trace: Waterfall; part: Bar }) {
  const level = normalLevel(log.level);
  const seen = zoomBar(momentOf(log.time, trace), part);
  return (
    <tr
      className={`log-row level-${level}`}
      data-testid="trace-log"
      style={vars({ '--depth': Math.min(depth, MAX_INDENT) })}
    >
      <td className="span-name" title={log.body}>
        <span className="level mono">{String(log.level ?? level)}</span>
        <small className="name mono">{messageOf(String(log.body))}</small>
      </td>
      <td className="span-bar">{seen && <i className="log-dot" style={placed(seen)} />}</td>
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
