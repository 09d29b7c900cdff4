import { formatRoute, parseRoute, type Route } from './lib/route.ts';
import { DEFAULT_RANGE, rangeFromParams, rangeToParams, type TimeRange } from './lib/time.ts';
import type { Page, View, Views } from './lib/view.ts';

/** Shows the view that the address names, and keeps the address true to what is shown. */
export type Router = {
  /** Opens the address that the page was loaded with. */
  start(): void;
  refresh(): Promise<void>;
  setRange(range: TimeRange): void;
  onChange(listener: (route: Route, range: TimeRange) => void): void;
  useServices(services: () => string[]): void;
};

export function startRouter(place: HTMLElement, views: Views): Router {
  const made = new Map<string, { view: View; scroll: number }>();
  const listeners: ((route: Route, range: TimeRange) => void)[] = [];
  let services: () => string[] = () => [];
  let route = parseRoute(location.hash);
  let range = DEFAULT_RANGE;
  /** The last range that moves with time, for addresses that name none. */
  let movingRange = DEFAULT_RANGE;
  let current: { view: View; scroll: number } | undefined;

  const page: Page = {
    range: () => range,
    services: () => services(),
    setParams: (changes, { replace } = { replace: false }) => {
      const address = formatRoute(route.view, { ...route.params, ...changes }, route.id);
      if (address === location.hash) return;
      if (replace) history.replaceState(null, '', address);
      else history.pushState(null, '', address);
      void open();
    },
  };

  async function open(): Promise<void> {
    route = parseRoute(location.hash);
    range = rangeFromParams(route.params) ?? movingRange;
    if ('minutes' in range) movingRange = range;
    const address = formatRoute(route.view, { ...route.params, ...rangeToParams(range) }, route.id);
    if (address !== location.hash) history.replaceState(null, '', address);
    route = parseRoute(address);

    let next = made.get(route.view);
    if (next === undefined) {
      next = { view: views[route.view](page), scroll: 0 };
      made.set(route.view, next);
    }
    if (next !== current) {
      if (current !== undefined) current.scroll = scrollY;
      place.replaceChildren(next.view.element);
      // What was scrolled to in a list is where Back should lead; another trace begins at its top.
      scrollTo(0, route.view === 'trace' ? 0 : next.scroll);
      current = next;
    }
    document.title = `${TITLES[route.view]} · lens`;
    for (const tell of listeners) tell(route, range);
    await next.view.open(route);
  }

  addEventListener('hashchange', () => void open());
  history.scrollRestoration = 'manual';

  return {
    start: () => void open(),
    refresh: async () => current?.view.refresh(),
    setRange: (chosen) => {
      location.hash = formatRoute(route.view, { ...route.params, ...rangeToParams(chosen) }, route.id);
    },
    onChange: (listener) => listeners.push(listener),
    useServices: (source) => {
      services = source;
    },
  };
}

const TITLES = {
  red: 'RED',
  traces: 'Traces',
  trace: 'Trace',
  logs: 'Logs',
  flame: 'Flame graph',
  sql: 'SQL',
} as const;
