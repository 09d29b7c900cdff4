import { readDashboards } from '../../grafana/model/dashboards/read.ts';
import { isAlert, rulesOf } from '../e2e/alerts/rules.ts';

// The rules of Mimir and Loki together, and the dashboards that their alerts link to.

export const rules = [...rulesOf('mimir'), ...rulesOf('loki')];
export const alerts = rules.filter(isAlert);
/** A page and a ticket may have the same name. */
export const alertNames = [...new Set(alerts.map(({ alert }) => alert))];
export const dashboards = [...readDashboards().values()];
