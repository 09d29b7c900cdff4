import { FAST_MS } from '../../../grafana/queries/objectives.ts';

/**
 * Panels that show nothing while all is well. Everything else must have data on a running sandbox. A list to keep short:
 * the test allows one panel in twenty.
 */
export const MAY_BE_EMPTY = [
  { dashboard: 'home', panel: 'Active alerts', because: 'no alert is pending or firing' },
  { dashboard: 'slo', panel: 'Active alerts', because: 'no alert is pending or firing' },
  { dashboard: 'slo', panel: 'Notified', because: 'no alert began or ended' },
  { dashboard: 'stack', panel: 'Warnings and errors of the stack', because: 'nothing in the stack complains' },
] as const;

/** Marks on the graphs of all dashboards that are there only after something was wrong. */
export const ANNOTATIONS_MAY_BE_EMPTY = [{ annotation: 'Alerts', because: 'no alert began or ended' }];

export const mayBeEmpty = (dashboard: string, panel: string): boolean =>
  MAY_BE_EMPTY.some((one) => one.dashboard === dashboard && one.panel === panel);

/** Links that lead to nothing while all is well. That what they ask is understood is tested all the same. */
export const LINKS_MAY_LEAD_TO_NOTHING = [
  { dashboard: 'slo', link: `Requests over ${FAST_MS} ms in Tempo`, because: 'all requests are as fast as promised' },
] as const;

export const mayLeadToNothing = (dashboard: string, link: string): boolean =>
  LINKS_MAY_LEAD_TO_NOTHING.some((one) => one.dashboard === dashboard && one.link === link);
