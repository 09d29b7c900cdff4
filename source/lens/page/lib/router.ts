import { createStore, useStore } from '@mythical/ui/page/store.ts';
import { formatRoute, parseRoute, type Route } from './route.ts';
import { DEFAULT_RANGE, rangeFromParams, rangeToParams, type TimeRange } from './time.ts';

/** What the page shows: a view with its parameters, and a time range. It is the address after the `#`. */
export type Place = { route: Route; range: TimeRange };

/** The last range that ends now: for addresses that have none. */
let relativeRange = DEFAULT_RANGE;
const place = createStore<Place>(read());
addEventListener('hashchange', () => place.update(read));
history.scrollRestoration = 'manual';

/** Reads the address, and adds the time range to it if it has none. */
function read(): Place {
  const { view, params, id } = parseRoute(location.hash);
  const range = rangeFromParams(params) ?? relativeRange;
  if ('minutes' in range) relativeRange = range;
  const address = formatRoute(view, { ...params, ...rangeToParams(range) }, id);
  if (address !== location.hash) history.replaceState(null, '', address);
  return { route: parseRoute(address), range };
}

export function usePlace(): Place {
  return useStore(place);
}

export type Params = Record<string, string | undefined>;

/** Changes parameters of the present address: a step for the Back button, unless they `replace` the present ones. */
export function setParams(changes: Params, { replace = false } = {}): void {
  const { view, params, id } = place.get().route;
  const address = formatRoute(view, { ...params, ...changes }, id);
  if (address === location.hash) return;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  place.update(read);
}
