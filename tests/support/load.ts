import { setTimeout as sleep } from 'node:timers/promises';
import { keyValues, logsOf, nanoseconds, randomId, span, spansOf } from './otlp.ts';

/** Telemetry with numbered items, so that losses and duplicates are known exactly. */
export type Load = {
  /** Accepted items. A profile is identified by its end time. */
  lines: string[];
  spanIds: string[];
  profiles: string[];
  /** Rejected items: a real sender would retry. */
  refused: { lines: number; spans: number; profiles: number };
  /** Lines written to a log file. */
  fileLines: string[];
  /** Stops sending new data; requests in flight may still be waiting. */
  pause(): void;
  resume(): void;
  isSettled(): boolean;
  /** Stops sending new data, and waits for all responses. */
  stop(): Promise<void>;
  /** Cancels all waiting requests. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Ports on this machine. Lines are sent over OTLP unless there is a port for Loki's API. */
export type LoadTargets = {
  otlpHttp: number;
  loki?: number;
  pyroscope?: number;
  writeLines?: (lines: string[]) => Promise<void>;
};

const PADDING = 'x'.repeat(180);
const SERVICE = 'outage-test';

/** Per second: 100 lines, 200 spans, and 20 lines in a file; a profile every 5 s. This is like four k6 users. */
export function startLoad({ otlpHttp, loki, pyroscope, writeLines }: LoadTargets): Load {
  const taken = { lines: [] as string[], spanIds: [] as string[], profiles: [] as string[] };
  const refused = { lines: 0, spans: 0, profiles: 0 };
  const fileLines: string[] = [];
  const abort = new AbortController();
  const post = (port: number, path: string, body: object | string) => postTo(port, path, body, abort.signal);
  let count = 0;

  async function sendLines(): Promise<void> {
    const lines = Array.from({ length: 25 }, () => `line ${count++} ${PADDING}`);
    const ok = await (loki
      ? post(loki, '/loki/api/v1/push', lokiPush(lines))
      : post(otlpHttp, '/v1/logs', logsOf(SERVICE, lines)));
    if (ok) taken.lines.push(...lines);
    else refused.lines += lines.length;
  }
  async function sendSpans(): Promise<void> {
    const ids = Array.from({ length: 50 }, () => randomId(8));
    if (await post(otlpHttp, '/v1/traces', spansOf(SERVICE, ids.map(paddedSpan)))) taken.spanIds.push(...ids);
    else refused.spans += ids.length;
  }
  async function sendProfile(port: number): Promise<void> {
    const until = Math.floor(Date.now() / 1000);
    const name = 'process_cpu{service_name=outage-test}';
    const query = new URLSearchParams({ name, from: String(until - 5), until: String(until), sampleRate: '100' });
    if (await post(port, `/ingest?${query}`, 'main;work 100\n')) taken.profiles.push(String(until));
    else refused.profiles++;
  }
  async function writeFileLines(write: (lines: string[]) => Promise<void>): Promise<void> {
    const lines = Array.from({ length: 5 }, () => `file ${count++} ${PADDING}`);
    fileLines.push(...lines);
    await write(lines);
  }

  const loops = startLoops([
    [250, sendLines],
    [250, sendSpans],
    ...(pyroscope ? [[5_000, () => sendProfile(pyroscope)] as Repeated] : []),
    ...(writeLines ? [[250, () => writeFileLines(writeLines)] as Repeated] : []),
  ]);
  return {
    ...taken,
    refused,
    fileLines,
    ...loops,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await loops.stop();
    },
  };
}

type Repeated = [everyMs: number, work: () => Promise<void>];

/** Starts a new one without waiting for the previous one, as separate services would. */
function startLoops(repeated: Repeated[]) {
  let isEnded = false;
  let isPaused = false;
  const waiting = new Set<Promise<void>>();
  async function repeat([everyMs, work]: Repeated): Promise<void> {
    let next = performance.now();
    while (!isEnded) {
      if (!isPaused) {
        const one = work().finally(() => waiting.delete(one));
        waiting.add(one);
      }
      next += everyMs;
      await sleep(Math.max(0, next - performance.now()));
    }
  }
  const loops = Promise.all(repeated.map(repeat));
  return {
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
    },
    isSettled: () => waiting.size === 0,
    async stop() {
      isEnded = true;
      await loops;
      await Promise.all(waiting);
    },
  };
}

/** Whether it was accepted. */
async function postTo(port: number, path: string, body: object | string, signal: AbortSignal): Promise<boolean> {
  const [type, text] = typeof body === 'string' ? ['text/plain', body] : ['application/json', JSON.stringify(body)];
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: text,
      signal,
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function lokiPush(lines: string[]): object {
  const first = BigInt(nanoseconds());
  const values = lines.map((line, index) => [String(first + BigInt(index)), line]);
  return { streams: [{ stream: { service_name: SERVICE, level: 'info' }, values }] };
}

const paddedSpan = (spanId: string) =>
  span('outage', { spanId, parentSpanId: 'ffffffffffffffff', kind: 2, attributes: keyValues({ padding: PADDING }) });
