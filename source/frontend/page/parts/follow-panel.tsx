import { formatClock, formatDuration } from '@mythical/ui/page/format.ts';
import { Panel } from '@mythical/ui/page/panel.tsx';
import type { Followed } from '../control-room/state.ts';
import { TraceLinks } from './trace-links.tsx';

/** The user's actions, with links to their telemetry. */
export function FollowPanel({ followed }: { followed: readonly Followed[] }) {
  return (
    <Panel title="Follow it">
      <p className="hint">Each action is one trace, from this browser to Postgres.</p>
      {/* The minimum height avoids a layout shift when the first action appears after the first paint. */}
      <ol
        className="-mx-4 mt-2 -mb-4 max-h-[min(64vh,45rem)] min-h-24 overflow-auto rounded-b-xl px-4 pb-2 -outline-offset-2! max-xl:max-h-100"
        aria-label="Actions, newest first"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable regions must be reachable by keyboard
        tabIndex={0}
        data-testid="followed"
      >
        {followed.map(({ id, label, result, ok, milliseconds, at, trace, links }) => (
          <li key={id} className="border-t pt-2.5 pb-2">
            <div className="flex items-baseline gap-x-2.5 gap-y-0.5 max-sm:flex-wrap">
              <span className={ok ? 'tag good' : 'tag bad'}>{result}</span>
              <span className="min-w-0 flex-1 text-sm font-medium wrap-anywhere max-sm:basis-[calc(100%-70px)]">
                {label}
              </span>
              <span className="hint whitespace-nowrap tabular-nums">{formatDuration(milliseconds)}</span>
              <time className="hint tabular-nums" dateTime={at.toISOString()}>
                {formatClock(at)}
              </time>
            </div>
            {trace && links ? (
              <TraceLinks of={label} trace={trace} links={links} />
            ) : (
              <p className="hint">No trace: the API was unreachable.</p>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
