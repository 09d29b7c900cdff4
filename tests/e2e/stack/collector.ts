import { ADDRESSES } from './addresses.ts';

/** The collector of a stack, by the name of its Compose service, which is also its job in Mimir. */
export type Collector = 'alloy' | 'otel-collector';

/** A page that only this collector has. Both use the same port. */
const PAGES: Record<Collector, string> = { alloy: '/-/ready', 'otel-collector': '/debug/pipelinez' };

/**
 * Detected on the running stack, because docker-compose.yml and docker-compose-otel.yml are otherwise the same sandbox.
 *
 * @throws if neither responds
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
