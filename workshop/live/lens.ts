import { ask } from './ask.ts';

/** Whether lens listens there, and not Grafana, which has the same port. */
export async function isLens(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  const answer = await ask(`${url}/api/summary`, { headers }, 10_000).catch(() => undefined);
  const summary: unknown = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
  return typeof summary === 'object' && summary !== null && 'metricSamples' in summary;
}
