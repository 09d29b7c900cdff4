/** A panel, or only one of its links. */
type OnlyWithAlloy = { dashboard: string; panel: string; link?: string };

/**
 * Panels with data only with Alloy: the OpenTelemetry Collector does not scrape profiles, and collects less from Docker and the
 * host.
 */
export const ONLY_WITH_ALLOY: readonly OnlyWithAlloy[] = [
  { dashboard: 'infrastructure', panel: 'Pressure' },
  { dashboard: 'frontend', panel: 'Faro receiver' },
  { dashboard: 'profiles', panel: 'CPU by program', link: 'Flame graph of this program' },
  { dashboard: 'profiles', panel: 'CPU: $program' },
  { dashboard: 'profiles', panel: 'Memory in use: $program' },
  { dashboard: 'stack', panel: 'CPU', link: 'Flame graph of this program' },
  { dashboard: 'stack', panel: 'Memory', link: 'Heap of this program' },
];

export const needsAlloy = (dashboard: string, panel: string, link?: string): boolean =>
  ONLY_WITH_ALLOY.some(
    (one) => one.dashboard === dashboard && one.panel === panel && (one.link === undefined || one.link === link),
  );
