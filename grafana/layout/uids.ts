/**
 * All dashboards, by topic. Links, tests and lessons rely on the uids; the first two are those of older versions of this
 * sandbox, so that bookmarks keep working. Each file in json/ is named after its key here.
 */
export const DASHBOARDS = {
  home: { uid: 'mythical-home', title: 'Start here' },
  overview: { uid: 'ed4f4709-4d3b-48fd-a311-a036b85dbd5b', title: 'MLT Dashboard' },
  k6: { uid: '01npcT44k', title: 'k6: the load test' },
  errors: { uid: 'mythical-errors', title: 'Erroring endpoints' },
  traces: { uid: 'mythical-traces', title: 'Traces in dashboards' },
  profiles: { uid: 'mythical-profiles', title: 'Profiles' },
  slo: { uid: 'mythical-slo', title: 'Service level objectives' },
  runbooks: { uid: 'mythical-runbooks', title: 'Runbooks' },
  scenarios: { uid: 'mythical-scenarios', title: 'Scenario control' },
  frontend: { uid: 'mythical-frontend', title: 'Frontend: real user monitoring' },
  beyla: { uid: 'mythical-beyla', title: 'Beyla: the same requests, seen by eBPF' },
  infrastructure: { uid: 'mythical-infrastructure', title: 'Infrastructure' },
  stack: { uid: 'mythical-stack', title: 'The stack itself' },
} as const;

export type DashboardName = keyof typeof DASHBOARDS;

/** The Grafana tag that all dashboards carry, used by the menu of dashboards. */
export const TAG = 'mythical';
