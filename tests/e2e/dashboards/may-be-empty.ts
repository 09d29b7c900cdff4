import { FAST_MS } from '../../../grafana/queries/objectives.ts';

/**
 * Panels that show nothing while everything works. All others must have data on a running sandbox. Keep this list short: the
 * test allows one panel in twenty.
 */
export const MAY_BE_EMPTY = [
  { dashboard: 'home', panel: 'Active alerts', because: 'no alert is pending or firing' },
  { dashboard: 'slo', panel: 'Active alerts', because: 'no alert is pending or firing' },
  { dashboard: 'slo', panel: 'Notification log', because: 'no alert started or ended' },
  { dashboard: 'stack', panel: 'Warnings and errors of the stack', because: 'nothing in the stack complains' },
] as const;

/** Marks on the graphs of all dashboards that appear only after a problem. */
export const ANNOTATIONS_MAY_BE_EMPTY = [{ annotation: 'Alerts', because: 'no alert started or ended' }];

export const mayBeEmpty = (dashboard: string, panel: string): boolean =>
  MAY_BE_EMPTY.some((one) => one.dashboard === dashboard && one.panel === panel);

/** Links that lead to nothing while everything works. Their queries are still tested for validity. */
export const LINKS_MAY_LEAD_TO_NOTHING = [
  { dashboard: 'slo', link: `Requests over ${FAST_MS} ms in Tempo`, because: 'all requests are as fast as promised' },
] as const;

export const mayLeadToNothing = (dashboard: string, link: string): boolean =>
  LINKS_MAY_LEAD_TO_NOTHING.some((one) => one.dashboard === dashboard && one.link === link);
