import { createStore, useStore } from '@mythical/ui/page/store.ts';
import { formatRoute, parseRoute, type Route } from './route.ts';
import { DEFAULT_RANGE, rangeFromParams, rangeToParams, type TimeRange } from './time.ts';

/** The current address: a view with its parameters, and a time range. */
export type Place = { route: Route; range: TimeRange };

/** The last relative range, for addresses without one. */
let relativeRange = DEFAULT_RANGE;
const place = createStore<Place>(read());
addEventListener('hashchange', () => place.update(read));
history.scrollRestoration = 'manual';

/** Parses the address, and adds the time range if it is missing. */
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

type Params = Record<string, string | undefined>;

/** Changes parameters of the address: a new history entry, unless `replace` is set. */
export function setParams(changes: Params, { replace = false } = {}): void {
  const { view, params, id } = place.get().route;
  const address = formatRoute(view, { ...params, ...changes }, id);
  if (address === location.hash) return;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  place.update(read);
}
