import { useStore } from '@mythical/ui/page/store.ts';
import { useEffect, useLayoutEffect } from 'react';
import { reachable } from './lib/api.ts';
import { refresh } from './lib/refresh.ts';
import type { View } from './lib/route.ts';
import { usePlace } from './lib/router.ts';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { Header } from './parts/header.tsx';
import { FlameView } from './views/flame.tsx';
import { LogsView } from './views/logs.tsx';
import { RedView } from './views/red.tsx';
import { SqlView } from './views/sql.tsx';
import { TraceView } from './views/trace.tsx';
import { TracesView } from './views/traces.tsx';
import './app.css';

const VIEWS = {
  red: { title: 'RED', heading: 'Rate, errors, duration', Component: RedView },
  traces: { title: 'Traces', heading: 'Traces', Component: TracesView },
  trace: { title: 'Trace', heading: undefined, Component: TraceView },
  logs: { title: 'Logs', heading: 'Logs', Component: LogsView },
  flame: { title: 'Flame graph', heading: 'Flame graph', Component: FlameView },
  sql: { title: 'SQL', heading: 'SQL', Component: SqlView },
} as const;

export function App() {
  const { view, id } = usePlace().route;
  const { title, heading, Component } = VIEWS[view];
  useScroll(view);
  useEffect(() => {
    document.title = `${title} · lens`;
  }, [title]);
  return (
    <>
      <Header />
      <Unreachable />
      <main id="main" tabIndex={-1} className="px-4 pt-3 pb-10 outline-none max-sm:px-2">
        <div className="grid grid-cols-1 gap-3" data-testid={`view-${view}`}>
          {heading && <h1 className="sr-only">{heading}</h1>}
          <ErrorBoundary key={`${view} ${id}`}>
            <Component />
          </ErrorBoundary>
        </div>
      </main>
    </>
  );
}

const scrolled = new Map<View, number>();

/** Restores a view's scroll position, for example after Back. A trace always starts at the top. */
function useScroll(view: View): void {
  useLayoutEffect(() => {
    scrollTo(0, view === 'trace' ? 0 : (scrolled.get(view) ?? 0));
    const note = () => scrolled.set(view, scrollY);
    addEventListener('scroll', note, { passive: true });
    return () => removeEventListener('scroll', note);
  }, [view]);
}

const RETRY_MS = 2_000;

/** Shown while lens doesn't respond; retries with and without auto-refresh. */
function Unreachable() {
  const isReachable = useStore(reachable);
  useEffect(() => {
    if (isReachable) return;
    const timer = setInterval(() => void refresh(), RETRY_MS);
    return () => clearInterval(timer);
  }, [isReachable]);
  if (isReachable) return null;
  return (
    <div className="row sticky top-0 z-10 bg-bad-back px-4 py-1.5 text-bad" role="alert" data-testid="unreachable">
      <span>
        No response from {location.host}. Is <code>npm start</code> still running? Retrying every 2 s.
      </span>
      <button type="button" onClick={() => void refresh()}>
        Retry now
      </button>
    </div>
  );
}
