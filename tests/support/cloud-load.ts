import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningAlloy } from './cloud-alloy.ts';

/** Telemetry of which each piece has a number, so that what is lost, or comes twice, is known exactly. */
export type Load = {
  /** Of those that Alloy took. */
  lines: number;
  spanIds: string[];
  profiles: string[];
  /** What Alloy did not take: whoever sends would try again. */
  refused: { lines: number; spans: number; profiles: number };
  /** Makes nothing new; what was sent may still wait for its answer. */
  pause(): void;
  resume(): void;
  isSettled(): boolean;
  /** Ends it, with what still waits. */
  stop(): Promise<void>;
};

export const LINES_PER_SECOND = 100;
export const SPANS_PER_SECOND = 200;
const PROFILE_INTERVAL_MS = 5_000;
const PADDING = 'x'.repeat(180);

/** What is scraped: 300 series, one of which counts how often. */
export async function startTarget() {
  const target = { scrapes: 0, address: '', close: async () => {} };
  const server = createServer((_request, response) => {
    target.scrapes++;
    const others = Array.from({ length: 300 }, (_, index) => `outage_series{index="${index}"} ${Date.now() % 1000}\n`);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${others.join('')}outage_scrapes ${target.scrapes}\n`);
  }).listen(0, '127.0.0.1');
  target.address = `127.0.0.1:${await new Promise<number>((resolve) =>
    server.on('listening', () => resolve((server.address() as AddressInfo).port)),
  )}`;
  target.close = async () => {
    server.closeAllConnections();
    server.close();
  };
  return target;
}

/** About what the application makes with four visitors of k6. */
export function startLoad({ ports }: RunningAlloy): Load {
  let ended = false;
  let paused = false;
  const abort = new AbortController();
  const waiting = new Set<Promise<void>>();
  const load: Load = {
    lines: 0,
    spanIds: [],
    profiles: [],
    refused: { lines: 0, spans: 0, profiles: 0 },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
    },
    isSettled: () => waiting.size === 0,
    async stop() {
      ended = true;
      abort.abort();
      await loops;
      await Promise.all(waiting);
    },
  };

  const post = (port: number, path: string, body: string, type = 'application/json') =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      signal: abort.signal,
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
  /** Doesn't wait for the answer, as several services would not wait for each other. */
  const inBackground = (work: Promise<void>) => {
    waiting.add(work);
    void work.finally(() => waiting.delete(work));
  };

  async function sendLines(count: number): Promise<void> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const values = Array.from({ length: count }, (_, index) => [
      String(now + BigInt(index)),
      `line ${index} ${PADDING}`,
    ]);
    const streams = [{ stream: { service_name: 'outage-test', level: 'info' }, values }];
    if (await post(ports.loki, '/loki/api/v1/push', JSON.stringify({ streams }))) load.lines += count;
    else load.refused.lines += count;
  }

  async function sendSpans(count: number): Promise<void> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const spans = Array.from({ length: count }, () => ({
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      parentSpanId: 'ffffffffffffffff',
      name: 'outage',
      kind: 2,
      startTimeUnixNano: String(now),
      endTimeUnixNano: String(now + 1_000_000n),
      attributes: [{ key: 'padding', value: { stringValue: PADDING } }],
    }));
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'outage-test' } }] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
    if (await post(ports.otlpHttp, '/v1/traces', body)) load.spanIds.push(...spans.map(({ spanId }) => spanId));
    else load.refused.spans += count;
  }

  async function sendProfile(): Promise<void> {
    const until = Math.floor(Date.now() / 1000);
    const name = 'process_cpu{service_name=outage-test}';
    const query = new URLSearchParams({ name, from: String(until - 5), until: String(until), sampleRate: '100' });
    if (await post(ports.pyroscope, `/ingest?${query}`, 'main;work 100\n', 'text/plain'))
      load.profiles.push(String(until));
    else load.refused.profiles++;
  }

  async function every(milliseconds: number, send: () => Promise<void>): Promise<void> {
    let next = performance.now();
    while (!ended) {
      if (!paused) inBackground(send());
      next += milliseconds;
      await sleep(Math.max(0, next - performance.now()));
    }
  }
  const loops = Promise.all([
    every(250, () => sendLines(LINES_PER_SECOND / 4)),
    every(250, () => sendSpans(SPANS_PER_SECOND / 4)),
    every(PROFILE_INTERVAL_MS, sendProfile),
  ]);
  return load;
}
