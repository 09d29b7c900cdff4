import { setTimeout as sleep } from 'node:timers/promises';
import { compress } from 'snappyjs';
import { WRITE_REQUEST } from '../../source/cloud-check/samples.ts';

export type RemoteWriter = {
  /** Accepted samples, without duplicates. */
  samples: number;
  /** The time of the newest accepted sample. */
  newest: number;
  /** Requests that had to be resent, and their responses. */
  retries: string[];
  /** Waits until everything in flight is accepted. */
  stop(): Promise<void>;
};

const HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

/**
 * Repeatedly sends a sample of each of some series over remote write, following its rules: in order, and resending after a 5xx or
 * no response, until it is accepted.
 */
export function startRemoteWriter(
  url: string,
  { name, series, first = 0, intervalMs }: { name: string; series: number; first?: number; intervalMs: number },
): RemoteWriter {
  const stopped = new AbortController();
  const writer = { samples: 0, newest: 0, retries: [] as string[] };
  let last = 0;

  async function send(): Promise<void> {
    // Never two samples of a series with the same time.
    last = Math.max(Date.now(), last + 1);
    const timeseries = Array.from({ length: series }, (_, index) => ({
      labels: [
        { name: '__name__', value: name },
        { name: 'series', value: String(first + index) },
      ],
      samples: [{ value: writer.samples, timestamp: last }],
    }));
    const body = compress(Buffer.from(WRITE_REQUEST.encode(WRITE_REQUEST.fromObject({ timeseries })).finish()));
    for (;;) {
      const answer = await fetch(url, { method: 'POST', headers: HEADERS, body: new Uint8Array(body) }).then(
        async (response) => (response.ok ? undefined : `${response.status} ${await response.text()}`),
        String,
      );
      if (answer === undefined) break;
      if (/^4/.test(answer)) throw new Error(answer);
      writer.retries.push(answer);
      await sleep(200);
    }
    writer.samples += series;
    writer.newest = last;
  }
  const done = (async () => {
    while (!stopped.signal.aborted) {
      await send();
      await sleep(intervalMs);
    }
  })();
  return Object.assign(writer, {
    async stop() {
      stopped.abort();
      await done;
    },
  });
}
