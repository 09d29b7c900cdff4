import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardName } from '../layout/uids.ts';
import { beyla } from './beyla.ts';
import { errors } from './errors.ts';
import { frontend } from './frontend.ts';
import { home } from './home.ts';
import { infrastructure } from './infrastructure.ts';
import { k6 } from './k6.ts';
import { overview } from './overview.ts';
import { profiles } from './profiles.ts';
import { runbooks } from './runbooks.ts';
import { scenarios } from './scenarios.ts';
import { slo } from './slo.ts';
import { stack } from './stack.ts';
import { traces } from './traces.ts';

/** Every dashboard, by its name in uids.ts. */
export function allDashboards(): Record<DashboardName, Dashboard> {
  return {
    home: home(),
    overview: overview(),
    errors: errors(),
    traces: traces(),
    profiles: profiles(),
    slo: slo(),
    runbooks: runbooks(),
    scenarios: scenarios(),
    frontend: frontend(),
    k6: k6(),
    beyla: beyla(),
    infrastructure: infrastructure(),
    stack: stack(),
  };
}
