import { formatAgo, formatClock, formatCount } from '@mythical/ui/page/format.ts';
import { Icon } from '@mythical/ui/page/icon.tsx';
import { State, type Tone } from '@mythical/ui/page/state.tsx';
import { useStore } from '@mythical/ui/page/store.ts';
import { ThemeButton } from '@mythical/ui/page/theme-button.tsx';
import type { ReactNode } from 'react';
import { autoRefresh, refresh, setAutoRefresh } from '../lib/refresh.ts';
import { formatRoute } from '../lib/route.ts';
import { setParams, usePlace } from '../lib/router.ts';
import { isQuiet, type Overview, overview, SIGNALS, useOverviewPolling } from '../lib/summary.ts';
import { RANGES_MINUTES, rangeToParams } from '../lib/time.ts';

const TABS = [
  ['red', 'RED'],
  ['traces', 'Traces'],
  ['logs', 'Logs'],
  ['flame', 'Flame graph'],
  ['sql', 'SQL'],
] as const;

const TAB =
  'rounded-md px-2.5 py-1 whitespace-nowrap text-soft hover:bg-raised hover:no-underline aria-[current=page]:bg-accent-back aria-[current=page]:font-semibold aria-[current=page]:text-ink max-md:px-2';

const LABELS = { spans: 'Spans', logs: 'Log lines', metricSamples: 'Metric samples', profiles: 'Profiles' };

/** Navigation, time range, theme, and the state of incoming telemetry. */
export function Header() {
  useOverviewPolling();
  const { route, range } = usePlace();
  const active = route.view === 'trace' ? 'traces' : route.view;
  return (
    <header className="border-b bg-panel">
      {/* biome-ignore lint/a11y/useValidAnchor: see skipToMain */}
      <a
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20 focus:bg-panel focus:px-2.5 focus:py-1.5"
        href="#main"
        onClick={skipToMain}
      >
        Skip to content
      </a>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 pt-2 pb-1 max-sm:px-2.5">
        <a className="text-soft hover:no-underline" href="#/red">
          <b className="mr-1 text-xl text-ink">lens</b>{' '}
          <span className="max-md:hidden">telemetry of the Mythical sandbox</span>
        </a>
        <nav aria-label="Views" className="flex gap-0.5 overflow-x-auto max-md:order-1 max-md:w-full">
          {TABS.map(([view, label]) => (
            <a
              key={view}
              className={TAB}
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
    <div className="ml-auto flex items-center gap-2 max-sm:gap-1">
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
        <span>
          Auto<span className="max-sm:sr-only">-refresh</span>
        </span>
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
    <dl className="grid grid-cols-3 gap-x-2 gap-y-1 px-4 pb-2 md:flex max-sm:px-2.5">
      <Stat name="Status">
        <State tone={tone} testid="state" title={now.reason}>
          <b>{text}</b>
        </State>
      </Stat>
      <Stat name="Services" title={names.join(', ')}>
        <b>{counts ? names.length : '–'}</b>
      </Stat>
      {SIGNALS.map((signal) => (
        <Stat key={signal} name={LABELS[signal]}>
          <b data-testid={`count-${signal}`}>{counts ? formatCount(counts[signal]) : '–'}</b>{' '}
          <small className={counts && isQuiet(signal, ages) ? 'text-warn' : undefined}>
            {counts && (Number.isNaN(ages[signal]) ? 'none yet' : formatAgo(ages[signal]))}
          </small>
        </Stat>
      ))}
    </dl>
  );
}

function Stat({ name, title, children }: { name: string; title?: string; children: ReactNode }) {
  return (
    <div className="tabular-nums md:min-w-30 md:pr-4" title={title}>
      <dt className="text-xs text-soft">{name}</dt>
      <dd className="md:whitespace-nowrap">{children}</dd>
    </div>
  );
}

function stateOf({ state, ages }: Overview): { text: string; tone: Tone } {
  if (state === 'receiving') return { text: 'Receiving', tone: 'good' };
  if (state === 'waiting') return { text: 'Waiting for data', tone: 'warn' };
  if (state === 'lost') return { text: 'Not available', tone: 'bad' };
  if (state === 'connecting') return { text: 'Connecting', tone: 'neutral' };
  const youngest = Math.min(...Object.values(ages).filter((ms) => !Number.isNaN(ms)));
  return { text: `No data since ${formatClock(new Date(Date.now() - youngest))}`, tone: 'warn' };
}

/** The router owns the address after the `#`, so the browser can't follow this link itself. */
function skipToMain(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
