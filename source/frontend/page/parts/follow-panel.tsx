import { formatClock, formatDuration } from '@mythical/ui/page/format.ts';
import { Panel } from '@mythical/ui/page/panel.tsx';
import type { Followed } from '../control-room/state.ts';
import { TraceLinks } from './trace-links.tsx';
import './follow.css';

/** What was done on this page, with links to the telemetry of each action. */
export function FollowPanel({ followed }: { followed: readonly Followed[] }) {
  return (
    <Panel title="Follow it" className="area-follow">
      <p className="hint">Each action is one trace, from this browser to Postgres.</p>
      {/* It scrolls, so it has to be reachable by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <ol className="followed" aria-label="Actions, newest first" tabIndex={0} data-testid="followed">
        {followed.map(({ id, label, result, ok, milliseconds, at, trace, links }) => (
          <li key={id}>
            <div className="followed-head">
              <span className={ok ? 'tag good' : 'tag bad'}>{result}</span>
              <span className="label">{label}</span>
              <span className="hint number">{formatDuration(milliseconds)}</span>
              <time className="hint" dateTime={at.toISOString()}>
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
