import { ADDRESSES } from './addresses.ts';

/** What takes in the telemetry of a stack; the name of its Compose service, and of its job in Mimir. */
export type Collector = 'alloy' | 'otel-collector';

/** A page that only this one has. Both show their pages on the same port. */
const PAGES: Record<Collector, string> = { alloy: '/-/ready', 'otel-collector': '/debug/pipelinez' };

/**
 * Asks the running stack, because docker-compose.yml and docker-compose-otel.yml make the same sandbox otherwise.
 *
 * @throws when neither answers
 */
export async function runningCollector(): Promise<Collector> {
  for (const [collector, page] of Object.entries(PAGES) as [Collector, string][]) {
    const answer = await fetch(`${ADDRESSES.collector}${page}`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => null,
    );
    if (answer?.ok) return collector;
  }
  throw new Error(`neither Alloy nor the OpenTelemetry Collector answers at ${ADDRESSES.collector}`);
}
