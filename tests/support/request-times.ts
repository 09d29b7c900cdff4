import { REQUEST_TIME_BUCKETS_MS } from '@mythical/common/telemetry/metrics';
import { type Bucket, parseBound, quantileFromBuckets } from '../../source/lens/page/lib/quantile.ts';
import type { Sandbox } from './sandbox.ts';
import { until } from './until.ts';

/** The buckets of `mythical_request_times` on a service's `/metrics`, all its series together. */
async function requestTimeBuckets(serviceUrl: string): Promise<Bucket[]> {
  const text = await (await fetch(`${serviceUrl}/metrics`)).text();
  const counts = new Map<number, number>();
  for (const [, le, count] of text.matchAll(/^mythical_request_times_bucket\{le="([^"]+)".*?\} (\d+)/gm)) {
    const bound = parseBound(le!);
    counts.set(bound, (counts.get(bound) ?? 0) + Number(count));
  }
  return [...counts].map(([le, count]) => ({ le, count }));
}

/** The index of the bucket that a latency falls into. */
export const bucketOf = (milliseconds: number): number =>
  REQUEST_TIME_BUCKETS_MS.findIndex((bound) => milliseconds <= bound);

type Times = { n: number; median: number };

/** The requests of the server so far, in ms, when all their spans have arrived. */
export async function requestTimes(sandbox: Sandbox, serverUrl: string): Promise<{ metric: Times; spans: Times }> {
  const buckets = await requestTimeBuckets(serverUrl);
  const n = buckets.find(({ le }) => le === Number.POSITIVE_INFINITY)!.count;
  const spans = await until(async () => {
    const [row] = await sandbox.rows<Times>(`
      select count(*)::int as n, quantile_cont(duration_ms, 0.5) as median
      from spans where service = 'mythical-server' and name like '% /:beast'`);
    return row?.n === n && row;
  });
  return { metric: { n, median: quantileFromBuckets(0.5, buckets)! }, spans };
}
