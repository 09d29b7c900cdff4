import { getJson } from '../../../grafana/model/http.ts';
import { ADDRESSES } from './addresses.ts';

export type Alert = { labels: Record<string, string> };

/** Firing alerts, from the Alertmanager inside Mimir. */
export const firing = () => getJson<Alert[]>(`${ADDRESSES.mimir}/alertmanager/api/v2/alerts`);

/** The names of the alerts that the rulers of Mimir and Loki evaluate; both use Prometheus' API. */
export async function evaluatedAlerts(): Promise<string[]> {
  const answers = await Promise.all(
    [`${ADDRESSES.mimir}/prometheus/api/v1/rules`, `${ADDRESSES.loki}/prometheus/api/v1/rules`].map((url) =>
      getJson<{ data: { groups: { rules: { type: string; name: string; health: string }[] }[] } }>(url),
    ),
  );
  return answers
    .flatMap(({ data }) => data.groups.flatMap(({ rules }) => rules))
    .filter(({ type, health }) => type === 'alerting' && health === 'ok')
    .map(({ name }) => name);
}
