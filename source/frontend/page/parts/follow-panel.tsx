import type { Followed } from '../control-room/state.ts';
import { formatMilliseconds, formatTime } from './format.ts';
import { TraceLinks } from './trace-links.tsx';

/** What was done on this page, and the way to each action's telemetry. */
export function FollowPanel({ followed }: { followed: readonly Followed[] }) {
  return (
    <section className="panel area-follow" aria-labelledby="follow-title">
      <h2 id="follow-title">Follow it</h2>
      <p className="hint">Each action is one trace, from this browser to Postgres.</p>
      {/* It scrolls, so it has to be reachable by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <ol className="followed" aria-label="Actions, the newest first" tabIndex={0} data-testid="followed">
        {followed.map(({ id, label, result, ok, milliseconds, at, trace, links }) => (
          <li key={id}>
            <div className="followed-head">
              <span className={ok ? 'result' : 'result bad'}>{result}</span>
              <span className="label">{label}</span>
              <span className="when">
                {formatMilliseconds(milliseconds)}
                <time dateTime={at.toISOString()}>{formatTime(at)}</time>
              </span>
            </div>
            {trace && links ? (
              <TraceLinks of={label} trace={trace} links={links} />
            ) : (
              <p className="hint">It left no trace: the API was not reached.</p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
