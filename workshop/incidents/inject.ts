import { CONDITIONS_PATH } from '@mythical/common/conditions';
import type { ServiceKey } from '@mythical/common/services';
import { ask, askJson } from '../live/ask.ts';
import type { Draw } from './draw.ts';
import type { Fault } from './record.ts';

/** Where the services answer, seen from this machine. */
export type Services = Record<ServiceKey, string>;

/**
 * Tells each service which fault to start, and when. A fault ends after its time, or with the process of its service.
 *
 * @throws {NoAnswer} where a service does not take it; then none begins
 */
export async function inject(services: Services, draws: readonly Draw[], seconds: number): Promise<Fault[]> {
  const faults: Fault[] = [];
  try {
    for (const draw of draws) {
      const { service, cause: name, after, variant } = draw;
      const { from, until } = await askJson<{ from: string; until: string }>(services[service] + CONDITIONS_PATH, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, after, variant, seconds }),
      });
      faults.push({ ...draw, from: Date.parse(from), until: Date.parse(until), found: false });
    }
  } catch (error) {
    await endAll(services);
    throw error;
  }
  return faults;
}

/** @returns the services that did not answer; what was on in them ends by its own time */
export async function endAll(services: Services): Promise<string[]> {
  const answers = await Promise.all(
    Object.values(services).map(async (url) => {
      const answer = await ask(url + CONDITIONS_PATH, { method: 'DELETE' }).catch(() => undefined);
      return answer?.status === 204 ? [] : [url];
    }),
  );
  return answers.flat();
}
