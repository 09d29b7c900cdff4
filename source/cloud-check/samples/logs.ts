import type { Sample } from './sample.ts';

/** One line of the stream `{service_name="cloud-check"}`, by Loki's push API. */
export function logsSample(now: Date): Sample {
  const stream = { service_name: 'cloud-check', job: 'cloud-check', level: 'info' };
  const values = [[`${now.getTime()}000000`, 'npm run cloud:check was here']];
  return {
    path: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ streams: [{ stream, values }] })),
  };
}
