import { CONDITIONS_PATH } from '@mythical/common/conditions';
import { ask, askJson } from '../live/ask.ts';
import type { Draw } from './draw.ts';
import type { Fault, Services } from './record.ts';

/**
 * Schedules the faults in their services. Each ends on schedule, or when its service stops.
 *
 * @throws {NoAnswer} if a service doesn't accept its fault; then none is started
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

/** @returns the services that didn't respond; their faults end on schedule */
export async function endAll(services: Services): Promise<string[]> {
  const answers = await Promise.all(
    Object.values(services).map(async (url) => {
      const answer = await ask(url + CONDITIONS_PATH, { method: 'DELETE' }).catch(() => undefined);
      return answer?.status === 204 ? [] : [url];
    }),
  );
  return answers.flat();
}
