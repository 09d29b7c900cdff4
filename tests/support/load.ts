import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Telemetry of which each piece has a number, so that what is lost, or comes twice, is known exactly. */
export type Load = {
  /** What was taken. A profile is known by its end. */
  lines: string[];
  spanIds: string[];
  profiles: string[];
  /** What was not taken: a real sender would try again. */
  refused: { lines: number; spans: number; profiles: number };
  /** What was written to a log file. */
  fileLines: string[];
  /** Sends nothing new; what was sent may still wait for its answer. */
  pause(): void;
  resume(): void;
  isSettled(): boolean;
  /** Sends nothing new, and waits for all answers. */
  stop(): Promise<void>;
  /** Gives up what still waits. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** Ports on this machine. Lines go by OTLP unless there is one for Loki's API. */
export type LoadTargets = {
  otlpHttp: number;
  loki?: number;
  pyroscope?: number;
  writeLines?: (lines: string[]) => Promise<void>;
};

const PADDING = 'x'.repeat(180);
const ATTRIBUTES = [{ key: 'padding', value: { stringValue: PADDING } }];
const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'outage-test' } }] };

/** A second: 100 lines, 200 spans, and 20 lines in a file; a profile each 5 s. About four visitors of k6 make as much. */
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
      : post(otlpHttp, '/v1/logs', otlpLogs(lines)));
    if (ok) taken.lines.push(...lines);
    else refused.lines += lines.length;
  }
  async function sendSpans(): Promise<void> {
    const ids = Array.from({ length: 50 }, () => randomBytes(8).toString('hex'));
    if (await post(otlpHttp, '/v1/traces', otlpSpans(ids))) taken.spanIds.push(...ids);
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

/** Starts each again without waiting for it to end, as several services would not wait for each other. */
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

/** Whether it was taken. */
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

const now = () => `${Date.now()}000000`;

function lokiPush(lines: string[]): object {
  const first = BigInt(now());
  const values = lines.map((line, index) => [String(first + BigInt(index)), line]);
  return { streams: [{ stream: { service_name: 'outage-test', level: 'info' }, values }] };
}

function otlpLogs(lines: string[]): object {
  const logRecords = lines.map((line) => ({
    timeUnixNano: now(),
    severityText: 'INFO',
    body: { stringValue: line },
  }));
  return { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords }] }] };
}

function otlpSpans(ids: string[]): object {
  const spans = ids.map((spanId) => ({
    traceId: randomBytes(16).toString('hex'),
    spanId,
    parentSpanId: 'ffffffffffffffff',
    name: 'outage',
    kind: 2,
    startTimeUnixNano: now(),
    endTimeUnixNano: now(),
    attributes: ATTRIBUTES,
  }));
  return { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans }] }] };
}
