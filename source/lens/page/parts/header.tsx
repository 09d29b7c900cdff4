import { formatAgo, formatClock, formatCount } from '@mythical/ui/page/format.ts';
import { Icon } from '@mythical/ui/page/icon.tsx';
import { useStore } from '@mythical/ui/page/store.ts';
import { ThemeButton } from '@mythical/ui/page/theme-button.tsx';
import { autoRefresh, refresh, setAutoRefresh } from '../lib/refresh.ts';
import { formatRoute } from '../lib/route.ts';
import { setParams, usePlace } from '../lib/router.ts';
import { isQuiet, type Overview, overview, SIGNALS, useOverviewAsking } from '../lib/summary.ts';
import { RANGES_MINUTES, rangeToParams } from '../lib/time.ts';
import './header.css';

const TABS = [
  ['red', 'RED'],
  ['traces', 'Traces'],
  ['logs', 'Logs'],
  ['flame', 'Flame graph'],
  ['sql', 'SQL'],
] as const;

const LABELS = { spans: 'Spans', logs: 'Log lines', metricSamples: 'Metric samples', profiles: 'Profiles' };

/** Above every view: navigation, time range, theme, how much data there is and whether more is arriving. */
export function Header() {
  useOverviewAsking();
  const { route, range } = usePlace();
  const active = route.view === 'trace' ? 'traces' : route.view;
  return (
    <header className="page-head">
      {/* biome-ignore lint/a11y/useValidAnchor: a link for keyboards that the browser can't follow, see below */}
      <a className="skip" href="#main" onClick={skipToMain}>
        Skip to content
      </a>
      <div className="bar">
        <a className="brand" href="#/red">
          <b>lens</b> <span>telemetry of the Mythical sandbox</span>
        </a>
        <nav aria-label="Views">
          {TABS.map(([view, label]) => (
            <a
              key={view}
              href={formatRoute(view, rangeToParams(range))}
              aria-current={view === active ? 'page' : undefined}
            >
              {label}
            </a>
          ))}
        </nav>
        <Tools />
      </div>
      <Stats />
    </header>
  );
}

function Tools() {
  const { range } = usePlace();
  const isAuto = useStore(autoRefresh);
  return (
    <div className="tools">
      <select
        aria-label="Time range"
        data-testid="range"
        value={'minutes' in range ? range.minutes : 'fixed'}
        onChange={({ target }) => setParams(rangeToParams({ minutes: Number(target.value) }))}
      >
        {'from' in range && <option value="fixed">{`${formatClock(range.from)} – ${formatClock(range.to)}`}</option>}
        {RANGES_MINUTES.map((minutes) => (
          <option key={minutes} value={minutes}>{`Last ${minutes} min`}</option>
        ))}
      </select>
      <label className="check" title="Refresh every 5 s">
        <input
          type="checkbox"
          data-testid="auto-refresh"
          checked={isAuto}
          onChange={({ target }) => setAutoRefresh(target.checked)}
        />
        Auto-refresh
      </label>
      <button
        type="button"
        className="icon-button"
        aria-label="Refresh now"
        title="Refresh now"
        onClick={() => void refresh()}
      >
        <Icon name="refresh" />
      </button>
      <ThemeButton />
    </div>
  );
}

function Stats() {
  const now = useStore(overview);
  const { counts, ages } = now;
  const names = counts?.services.map(({ name }) => name) ?? [];
  const { text, tone } = stateOf(now);
  return (
    <dl className="stats">
      <div className="stat">
        <dt>Status</dt>
        <dd>
          <strong className={`state ${tone}`} data-testid="state" role="status" title={now.reason || undefined}>
            {text}
          </strong>
        </dd>
      </div>
      <div className="stat" title={names.join(', ')}>
        <dt>Services</dt>
        <dd>
          <b>{counts ? names.length : '–'}</b>
        </dd>
      </div>
      {SIGNALS.map((signal) => (
        <div key={signal} className="stat">
          <dt>{LABELS[signal]}</dt>
          <dd>
            <b data-testid={`count-${signal}`}>{counts ? formatCount(counts[signal]) : '–'}</b>
            <small className={counts && isQuiet(signal, ages) ? 'quiet-signal' : undefined}>
              {counts && (Number.isNaN(ages[signal]) ? 'none yet' : formatAgo(ages[signal]))}
            </small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function stateOf({ state, ages }: Overview): { text: string; tone: 'good' | 'warn' | 'bad' | '' } {
  if (state === 'receiving') return { text: 'Receiving data', tone: 'good' };
  if (state === 'waiting') return { text: 'Waiting for data', tone: 'warn' };
  if (state === 'lost') return { text: 'Not available', tone: 'bad' };
  if (state === 'connecting') return { text: 'Connecting', tone: '' };
  const youngest = Math.min(...Object.values(ages).filter((ms) => !Number.isNaN(ms)));
  return { text: `No data since ${formatClock(new Date(Date.now() - youngest))}`, tone: 'warn' };
}

/** The router owns the address after the `#`, so the browser can't follow this link. */
function skipToMain(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
