import { formatAny, formatTime } from '@mythical/ui/page/format.ts';
import { Icon } from '@mythical/ui/page/icon.tsx';
import { type Ref, useState } from 'react';
import { hash } from '../lib/hash.ts';
import { isLogfmt, parseLogfmt } from '../lib/logfmt.ts';
import { formatRoute } from '../lib/route.ts';
import { parseTime } from '../lib/time.ts';
import { type LogRow, normalLevel } from '../queries/logs.ts';
import { Definitions } from './definitions.tsx';
import { ServiceLabel, vars } from './service.tsx';

const LINE =
  'grid grid-cols-[minmax(0,1fr)_auto] border-b border-l-3 border-line/60 border-l-(--c) text-sm hover:bg-raised';

/** Identifies a row, except for duplicates: see `LogLines`. */
export function logKey(row: LogRow): string {
  return `${row.time} ${row.service} ${row.span_id} ${hash(row.body)}`;
}

type Props = {
  rows: readonly LogRow[];
  /** Whether lines link to their trace. */
  areLinked?: boolean;
  testid?: string;
  ref?: Ref<HTMLOListElement>;
};

export function LogLines({ rows, areLinked = false, testid, ref }: Props) {
  const counts = new Map<string, number>();
  return (
    <ol data-testid={testid} ref={ref}>
      {rows.map((row) => {
        // The same line may be logged twice within a microsecond.
        const key = logKey(row);
        const count = counts.get(key) ?? 0;
        counts.set(key, count + 1);
        return <LogLine key={`${key} ${count}`} row={row} isLinked={areLinked} />;
      })}
    </ol>
  );
}

/** A log line that opens to show its fields. */
function LogLine({ row, isLinked }: { row: LogRow; isLinked: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const level = normalLevel(row.level);
  const traceId = isLinked ? traceIdOf(row) : undefined;
  return (
    <li className={LINE} style={vars({ '--c': `var(--level-${level})` })} data-testid="log-line">
      <details className="min-w-0" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="grid items-baseline grid-cols-[6.8rem_3rem_11rem_minmax(0,1fr)] gap-2 px-2 py-0.5 max-sm:grid-cols-[auto_auto_minmax(0,1fr)]">
          <time className="whitespace-nowrap text-soft tabular-nums" title={row.time}>
            {formatTime(new Date(parseTime(row.time)))}
          </time>
          <Level level={row.level} />
          <ServiceLabel service={row.service} />
          <span className="truncate font-mono text-xs leading-normal max-sm:col-span-full">{row.body}</span>
        </summary>
        {isOpen && <Detail row={row} />}
      </details>
      {traceId && (
        <a
          className="row flex-nowrap gap-1 self-start px-2 py-0.5"
          href={formatRoute('trace', { span: row.span_id ?? undefined }, traceId)}
          title={`Open trace ${traceId}`}
        >
          <Icon name="link" /> trace
        </a>
      )}
    </li>
  );
}

const LEVEL_COLOURS = { error: 'text-bad', warn: 'text-warn', info: 'text-soft', debug: 'text-soft' };

export function Level({ level }: { level: string | null }) {
  const normal = normalLevel(level);
  return <b className={`font-mono text-xs ${LEVEL_COLOURS[normal]}`}>{level ?? normal}</b>;
}

function Detail({ row }: { row: LogRow }) {
  const { body } = row;
  return (
    <div className="grid grid-cols-1 gap-2.5 px-3 pt-1 pb-3">
      <pre className="rounded-md bg-raised p-2">{body}</pre>
      {isLogfmt(body) && <Definitions title="Parsed fields" entries={parseLogfmt(body)} />}
      <Definitions
        title="Labels and attributes"
        entries={Object.entries(row.attributes ?? {}).map(([name, value]) => [name, formatAny(value)])}
      />
    </div>
  );
}

/** The line's trace id, from lens or from its text. */
function traceIdOf(row: Pick<LogRow, 'trace_id' | 'body'>): string | undefined {
  return row.trace_id ?? /\btrace_?id=([0-9a-f]{32})\b/i.exec(row.body)?.[1];
}

/** A log line's message: logfmt's `msg`, or else the whole line. */
export function messageOf(body: string): string {
  if (!isLogfmt(body)) return body;
  return parseLogfmt(body).find(([name]) => name === 'msg' || name === 'message')?.[1] ?? body;
}
