import type { Sample } from './sample.ts';

/** A profile with one stack, of the service `cloud-check`, by Pyroscope's ingest API in its folded form. */
export function profilesSample(now: Date): Sample {
  const until = Math.floor(now.getTime() / 1000);
  const query = new URLSearchParams({
    name: 'process_cpu{service_name=cloud-check}',
    from: String(until - 10),
    until: String(until),
    sampleRate: '100',
  });
  return {
    path: `/ingest?${query}`,
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from('main;check 1\n'),
  };
}
