/**
 * Panels whose data only Alloy brings: the OpenTelemetry Collector in its place does not scrape profiles, and asks
 * Docker and the machine for less.
 */
export const ONLY_WITH_ALLOY = [
  { dashboard: 'infrastructure', panel: 'Ended for lack of memory' },
  { dashboard: 'infrastructure', panel: 'Pressure' },
  { dashboard: 'frontend', panel: 'What Alloy takes in from browsers' },
  { dashboard: 'profiles', panel: 'CPU time by program' },
  { dashboard: 'profiles', panel: 'CPU: $program' },
  { dashboard: 'profiles', panel: 'Memory in use: $program' },
] as const;

export const needsAlloy = (dashboard: string, panel: string): boolean =>
  ONLY_WITH_ALLOY.some((one) => one.dashboard === dashboard && one.panel === panel);
